import { expect, test } from "vitest";
import { parseQuestion } from "./question.ts";

test.each([
  ["web -> db:5432", { source: "web", destination: "db", protocol: "TCP", port: 5432 }],
  ["shop/web to 10.0.0.5 udp 53", { source: "shop/web", destination: "10.0.0.5", protocol: "UDP", port: 53 }],
  ["can cart reach payments 8443?", { source: "cart", destination: "payments", protocol: "TCP", port: 8443 }],
  ["a → [fd00::7]:443", { source: "a", destination: "fd00::7", protocol: "TCP", port: 443 }],
  ["a -> fd00::7 tcp/443", { source: "a", destination: "fd00::7", protocol: "TCP", port: 443 }],
  ["a -> b icmp", { source: "a", destination: "b", protocol: "ICMP", port: undefined }],
  ["a -> b on port 80", { source: "a", destination: "b", protocol: "TCP", port: 80 }],
])("%j is a question", (text, question) => {
  expect(parseQuestion(text)).toEqual(question);
});

test.each(["allow-web", "10.244.3.7", "shop/web", "new policy", "a -> b 99999", "go to the shop now please"])(
  "%j is a search",
  (text) => {
    expect(parseQuestion(text)).toBeUndefined();
  },
);

test.each([
  ["a -> b:1", { source: "a", destination: "b", protocol: "TCP", port: 1 }],
  ["a -> b:65535", { source: "a", destination: "b", protocol: "TCP", port: 65_535 }],
  ["a -> [fd00::7]", { source: "a", destination: "fd00::7", protocol: "TCP", port: undefined }],
  ["a -> fd00::7", { source: "a", destination: "fd00::7", protocol: "TCP", port: undefined }],
  ["a reaches b, udp/53", { source: "a", destination: "b", protocol: "UDP", port: 53 }],
  ["a->b 80 sctp", { source: "a", destination: "b", protocol: "SCTP", port: 80 }],
])("%j asks for that port of that end", (text, question) => {
  expect(parseQuestion(text)).toEqual(question);
});

test.each(["a -> b:0", "a -> b:65536", "a -> b x/80x", "a -> on", "-> b"])("%j asks for nothing", (text) => {
  expect(parseQuestion(text)).toBeUndefined();
});
