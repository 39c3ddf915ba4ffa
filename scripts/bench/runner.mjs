// Runs one bench in a process of its own: the file, the function, and where the figures go.
import { writeFileSync } from "node:fs";

const [file, name, out] = process.argv.slice(2);
const bench = await import(file);
writeFileSync(out, JSON.stringify(await bench[name]()));
process.exit(0);
