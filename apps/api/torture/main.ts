// `npm run torture -- [--minutes N] [--seed N]`: reads, writes and watches through several API processes while they, their database and its
// disk are hurt, and compares all that clients saw with the log. A failure prints its seed, which draws the same clients and faults again.
import { parseArgs } from "node:util";
import { torture } from "./torture.ts";

const ROUND_MS = 20_000;
/** A round and what it takes to check it. */
const ROUNDS_PER_MINUTE = 2;

const { values } = parseArgs({ options: { minutes: { type: "string", default: "2" }, seed: { type: "string" } } });
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Math.floor(Math.random() * 1e6) : Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error("usage: npm run torture [-- --minutes N --seed N]: minutes above 0, a whole number as seed");
  process.exit(2);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1)); // ends its servers too
console.log(`seed ${seed}`);
const { isWhole, folder } = await torture({
  seed,
  rounds: Math.max(1, Math.round(minutes * ROUNDS_PER_MINUTE)),
  roundMs: ROUND_MS,
  say: (line) => console.log(line),
});
if (!isWhole) console.error(`seed ${seed} broke it; the servers' logs are in ${folder}`);
process.exit(isWhole ? 0 : 1);
