import { expect, test } from "vitest";
import { ruleText } from "./sentence.ts";

test.each([
  [{ action: "Allow" }, "Allow anything"],
  [
    {
      action: "Allow",
      protocol: "TCP",
      source: { selector: "app == 'api'" },
      destination: { ports: [8443, "9000:9010"] },
    },
    "Allow TCP from app == 'api' to ports 8443, 9000:9010",
  ],
  [
    { action: "Deny", destination: { nets: ["10.0.0.0/8"], notNets: ["10.1.0.0/16"] } },
    "Deny anything to nets 10.0.0.0/8 nets other than 10.1.0.0/16",
  ],
  [
    { action: "Pass", protocol: "UDP", source: { selector: "a", namespaceSelector: "b", ports: [53] } },
    "Pass UDP from a in namespaces b on ports 53",
  ],
  [{ action: "Deny", protocol: "ICMP", icmp: { type: 8, code: 0 } }, "Deny ICMP type 8, code 0"],
  [{ action: "Allow", source: { selector: "" }, destination: {} }, "Allow anything"],
])("%j reads as a sentence", (rule, text) => {
  expect(ruleText(rule)).toBe(text);
});
