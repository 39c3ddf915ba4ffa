import { expect, test } from "vitest";
import { inBatches, sharedQuestion } from "./shared-questions.ts";

test("who asks while a question is under way shares the next: no answer is older than its call", async () => {
  const asked: PromiseWithResolvers<string>[] = [];
  const ask = sharedQuestion(() => {
    const question = Promise.withResolvers<string>();
    asked.push(question);
    return question.promise;
  });
  const first = ask();
  await expect.poll(() => asked.length).toBe(1);
  const [second, third] = [ask(), ask()];
  asked[0]!.resolve("old");
  expect(await first).toBe("old");
  await expect.poll(() => asked.length).toBe(2);
  asked[1]!.resolve("new");
  expect([await second, await third, asked.length]).toEqual(["new", "new", 2]);
});

test("a question that failed is told to whoever asked it, and asked anew for the next", async () => {
  const answers = [Promise.reject(new Error("lost")), Promise.resolve("back")];
  const ask = sharedQuestion(() => answers.shift()!);
  const first = ask();
  await expect(first).rejects.toThrow("lost");
  expect(await ask()).toBe("back");
});

/** Answers what starts with a "k", in capitals. */
function setUp(max: number) {
  const asked: string[][] = [];
  const answer = async (keys: string[]) => {
    asked.push(keys);
    return new Map(keys.filter((key) => key.startsWith("k")).map((key) => [key, key.toUpperCase()]));
  };
  return { asked, ask: inBatches(answer, max) };
}

test("what is asked for in one turn is one question, each key once, and everybody has his own answer", async () => {
  const { asked, ask } = setUp(10);
  expect(await Promise.all(["k1", "other", "k2", "k1"].map(ask))).toEqual(["K1", undefined, "K2", "K1"]);
  expect(asked).toEqual([["k1", "other", "k2"]]);
});

test("more than fit are several questions, and who comes later has one of his own", async () => {
  const { asked, ask } = setUp(2);
  await Promise.all(["k1", "k2", "k3"].map(ask));
  await ask("k1");
  expect(asked).toEqual([["k1", "k2"], ["k3"], ["k1"]]);
});
