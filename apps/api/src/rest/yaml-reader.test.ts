import { expect, test } from "vitest";
import { parseYaml } from "./yaml.ts";
import { YamlReader } from "./yaml-reader.ts";

const reader = new YamlReader();
const long = Array.from({ length: 5_000 }, (_, i) => `key-${i}: [${i}, "text", ~, true, 1.5]`).join("\n");

test("a text reads as it does without the thread", async () => {
  for (const text of [long, "a: &x {b: [1]}\nc: *x", "__proto__: {a: 1}", "text"])
    expect(await reader.read(text)).toEqual(parseYaml(text));
});

test.each([
  ["no YAML", "a: [", 400, "the body is not valid YAML"],
  ["what can't be stored", String.raw`a: "\0"`, 422, "NUL"],
  ["more aliases than people write", `a: &x 1\nb: [${"*x, ".repeat(101)}]`, 400, "alias"],
])("%s is refused as it is without the thread", async (_, text, code, message) => {
  await expect(reader.read(text)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test("others have their turns while a text is read, and only so many may wait", async () => {
  let turns = 0;
  const count = setInterval(() => turns++, 1);
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => reader.read(long)));
  clearInterval(count);
  const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
  expect(refused).toEqual([429, 429, 429, 429]);
  expect(turns).toBeGreaterThan(outcomes.length);
});
