/** Starts threads that keep all they make, with the limits given; says the code of what each died of. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";

const [lives, limits] = [Number(process.argv[2]), JSON.parse(process.argv[3])];
const hungry = `
  const kept = [];
  for (;;) kept.push(Array.from({ length: 300_000 }, (_, i) => i).map((i) => ({ i })));
`;
for (let life = 0; life < lives; life++) {
  const thread = new Worker(hungry, { eval: true, resourceLimits: limits });
  const [error] = await once(thread, "error");
  console.log(error.code);
}
