import { turns } from "@percale/daemon";
import type { BatchOutcome, Nftables } from "@percale/kernel";
import type { ObjectRef } from "@percale/resources";
import { expect, test } from "vitest";
import { Load } from "./load.ts";

/** A load that sends a piece whenever it is asked for a turn, and the kernel's answers to them. */
function setUp() {
  const answers: PromiseWithResolvers<BatchOutcome<ObjectRef>>[] = [];
  const commit = (): Promise<BatchOutcome<ObjectRef>> => {
    const answer = Promise.withResolvers<BatchOutcome<ObjectRef>>();
    answers.push(answer);
    return answer.promise;
  };
  const batch = { count: 1, writer: { length: 2 ** 20 } }; // a full piece; no more of it is read
  const nft = { batch, begin: () => batch } as unknown as Nftables<ObjectRef>;
  return { answers, load: new Load({ nft, commit, turn: turns() }) };
}
const committed = { kind: "committed" } as BatchOutcome<ObjectRef>;
const refused = { kind: "refused" } as BatchOutcome<ObjectRef>;

test.each<[how: string, end: () => string, wanted: string]>([
  ["was planned", () => "plan", "plan"],
  [
    "could not be planned",
    () => {
      throw new Error("no plan");
    },
    "Error: no plan",
  ],
])("a load that %s ends when the piece on its way has been answered", async (_, end, wanted) => {
  const { answers, load } = setUp();
  const heard: string[] = [];
  const filling = load
    .filled(async () => {
      await load.turn();
      return end();
    })
    .then(
      (made) => heard.push(made!),
      (error: unknown) => heard.push(String(error)),
    );
  await expect.poll(() => answers.length).toBe(1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual([]);
  answers[0]!.resolve(committed);
  await filling;
  expect(heard).toEqual([wanted]);
});

test.each([
  ["the first of two", [refused, committed]],
  ["the last of two", [committed, refused]],
])("a load of which the kernel refuses %s pieces makes nothing", async (_, outcomes) => {
  const { answers, load } = setUp();
  const filling = load.filled(async () => {
    await load.turn();
    await load.turn();
    return "plan";
  });
  for (const [i, outcome] of outcomes.entries()) {
    if (i > 0 && outcomes[0] === refused) break; // after a refusal nothing is sent
    await expect.poll(() => answers.length).toBe(i + 1);
    answers[i]!.resolve(outcome);
  }
  expect([await filling, load.messages]).toEqual([undefined, 2]);
});
