import { expect, test } from "vitest";
import { torture } from "./torture.ts";

const ROUNDS = 3;

test(
  "whatever is killed, stopped, cut or filled: objects stay linearizable, watches complete, lists true, nothing acknowledged is lost",
  { timeout: 900_000 },
  async () => {
    const seed = Math.floor(Math.random() * 1e6);
    const said = [`seed ${seed}`];
    const { reports } = await torture({ seed, rounds: ROUNDS, roundMs: 20_000, say: (line) => said.push(line) });
    expect(
      reports.map(({ broken }) => broken),
      said.join("\n"),
    ).toEqual(Array.from({ length: ROUNDS }, () => []));
    expect(reports.every(({ operations }) => operations > 0)).toBe(true);
  },
);
