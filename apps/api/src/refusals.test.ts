import { createLogger } from "@percale/daemon";
import { StatusError } from "@percale/resources";
import { expect, test } from "vitest";
import { logRefusal } from "./refusals.ts";

test("of a long refusal and a long address the beginning is logged, in whole characters", () => {
  const lines: string[] = [];
  const log = createLogger({ component: "api", write: (line) => lines.push(line) });
  const by = { user: "vera", groups: [], method: "token" } as const;
  const long = `${"x".repeat(998)}😀x`;
  logRefusal(log, new StatusError("BadRequest", long), { by, call: long });
  const told = `${"x".repeat(998)}…`;
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ call: told, message: told }]);
});
