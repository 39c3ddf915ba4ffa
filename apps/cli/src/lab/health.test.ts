import { expect, test } from "vitest";
import { renderStatus } from "./acts.ts";
import type { LabCondition } from "./health.ts";
import type { LabStatus } from "./status.ts";

const lab: LabStatus = { state: "ready", progress: "ready", rootless: false, daemonPid: 1, nodes: [], workloads: [] };
const condition = (severity: LabCondition["severity"]): LabCondition => ({
  source: "node-1",
  code: "C",
  severity,
  title: "It is broken",
  detail: "the kernel's words",
  advice: "Mend it.",
  since: "",
});
const head = (...conditions: LabCondition[]): string => renderStatus(lab, { conditions }).split("\nNODE")[0]!;

test("the lab is not said to be ready without what is wrong in it", () => {
  expect(head(condition("error"), condition("warning"), condition("warning"))).toBe(`\
Lab: ready, but 1 error and 2 warnings

error    node-1: It is broken (C)
         the kernel's words
         Mend it.
warning  node-1: It is broken (C)
         the kernel's words
         Mend it.
warning  node-1: It is broken (C)
         the kernel's words
         Mend it.
`);
  expect(head()).toBe("Lab: ready\n");
});

test("an API that does not answer leaves the health unknown, not good", () => {
  expect(renderStatus(lab, { unknown: "cannot reach it" }).split("\nNODE")[0]).toBe(`\
Lab: ready, health unknown

Health: unknown, the API does not tell it: cannot reach it
`);
});
