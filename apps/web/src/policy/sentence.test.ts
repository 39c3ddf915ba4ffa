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

test.each([
  [{}, "? anything"],
  [{ action: "Deny", ipVersion: 6, notProtocol: "TCP" }, "Deny IPv6 not TCP"],
  [
    { action: "Deny", protocol: "ICMP", icmp: { type: 8 }, notICMP: { type: 3, code: 0 } },
    "Deny ICMP type 8 not type 3, code 0",
  ],
  [
    { action: "Allow", source: { notSelector: "a", notPorts: [22] } },
    "Allow anything from not a on ports other than 22",
  ],
  [{ action: "Allow", source: { ports: [] }, destination: { notPorts: [], nets: [], notNets: [] } }, "Allow anything"],
  [{ action: "Allow", destination: { notPorts: [22, "80:90"] } }, "Allow anything to ports other than 22, 80:90"],
  [
    { action: "Allow", destination: { services: { name: "db", namespace: "shop" } } },
    "Allow anything to service shop/db",
  ],
  [{ action: "Allow", destination: { services: { name: "db" } } }, "Allow anything to service /db"],
  [
    { action: "Allow", source: { selector: " ", serviceAccounts: { names: ["a", "b"], selector: "has(x)" } } },
    "Allow anything from service account a service account b service accounts has(x)",
  ],
  [
    { action: "Allow", source: { selector: "a", nets: ["10.0.0.0/8", "fd00::/8"] } },
    "Allow anything from a nets 10.0.0.0/8, fd00::/8",
  ],
])("%j says all that it asks for", (rule, text) => {
  expect(ruleText(rule)).toBe(text);
});
