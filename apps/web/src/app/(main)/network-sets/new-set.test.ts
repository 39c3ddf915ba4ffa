import { expect, test } from "vitest";
import { parse } from "yaml";
import { newSetText } from "./new-set.ts";

test("a pasted list begins a set of its nets, whose name and label are still to be given", () => {
  expect(parse(newSetText(["192.0.2.0/24", "2001:db8::1", "2001:db8::"]))).toEqual({
    apiVersion: "projectcalico.org/v3",
    kind: "GlobalNetworkSet",
    metadata: { name: "", labels: {} },
    spec: { nets: ["192.0.2.0/24", "2001:db8::1", "2001:db8::"] },
  });
});
