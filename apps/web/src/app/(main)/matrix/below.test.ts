import { expect, test } from "vitest";
import { decidersIn, flipped } from "./below.ts";
import type { Probe } from "./view.ts";

const probe = (source: string, more: Partial<Probe>): Probe => ({
  source,
  destination: "shop/db",
  protocol: "TCP",
  port: 5432,
  predicted: "Allow",
  measured: "Allow",
  at: "2026-11-30T10:00:00Z",
  ...more,
});
const end = "Tier/default";

test("who decides is told with what it comes to, whoever decides most first, each with the way there", () => {
  const probes = [
    probe("a", { by: ["NetworkPolicy/shop/web", "Profile/kns.shop"] }),
    probe("b", { by: [end], predicted: "Deny", measured: "Deny" }),
    probe("c", { by: [end], predicted: "Deny" }),
    probe("d", { by: ["NetworkPolicy/shop/web"], predicted: "Deny" }),
    probe("e", { by: ["GlobalNetworkPolicy/all"] }),
    probe("f", {}),
  ];
  expect(decidersIn({ probes })).toEqual([
    { name: "default", what: "end of tier", href: "/policies", allows: 0, denies: 2 },
    { name: "shop/web", what: undefined, href: "/policies?open=networkpolicies/shop/web", allows: 1, denies: 1 },
    { name: "all", what: undefined, href: "/policies?open=globalnetworkpolicies/all", allows: 1, denies: 0 },
    { name: "kns.shop", what: "profile", href: "/profiles?open=profiles/kns.shop", allows: 1, denies: 0 },
  ]);
});

test("what changed last comes first; what never changed, or is not as predicted, stands elsewhere", () => {
  const probes = [
    probe("a", { flippedAt: "2026-11-30T09:00:00Z" }),
    probe("b", {}),
    probe("c", { flippedAt: "2026-11-30T09:30:00Z" }),
    probe("d", { flippedAt: "2026-11-30T09:50:00Z", measured: "Deny" }),
  ];
  expect(flipped({ probes }).map(({ source }) => source)).toEqual(["c", "a"]);
});
