import { formatRef, refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { FAMILIES, NAMESPACE, addressOf, baseTopology, truthTable, workloadName } from "@percale/testkit";
import type { Family, Place, Probe } from "@percale/testkit";
import { describe, expect, test } from "vitest";
import { createEvaluator } from "../index.ts";
import type { Peer, Query } from "../index.ts";

const rows = truthTable.flatMap((scenario) =>
  (scenario.families ?? FAMILIES).map((family) => ({
    name: `${scenario.id} v${family}: ${scenario.title}`,
    scenario,
    family,
  })),
);

function peerOf(place: Place, family: Family): Peer {
  if (place === "X") return { ip: addressOf(place, family) };
  if (place === "hA" || place === "hB") return { node: place.slice(1) };
  return { endpoint: { namespace: NAMESPACE, name: workloadName(place) } };
}

const PROTOCOLS = { tcp: "TCP", udp: "UDP", sctp: "SCTP" } as const;

function queryOf(probe: Probe, family: Family): Query {
  const { proto, port, sourcePort, icmp, sourceAddress } = probe;
  return {
    from: peerOf(probe.from, family),
    to: peerOf(probe.to, family),
    protocol: proto === "icmp" ? (family === 4 ? 1 : 58) : typeof proto === "number" ? proto : PROTOCOLS[proto],
    ...(port !== undefined && { port }),
    ...(sourcePort !== undefined && { sourcePort }),
    ...(icmp !== undefined && { icmp }),
    ...(sourceAddress !== undefined && { sourceAddress }),
    ipVersion: family,
  };
}

describe("the evaluator agrees with the truth table", () => {
  test.each(rows)("$name", ({ scenario, family }) => {
    const objects = new Map<string, KubeObject>();
    const put = (list: readonly KubeObject[]): void => {
      for (const object of list) objects.set(formatRef(refOf(object)), object);
    };
    const check = (probes: readonly Probe[]): void => {
      const evaluator = createEvaluator(objects.values());
      for (const probe of probes.filter(({ families }) => families?.includes(family) ?? true)) {
        const query = queryOf(probe, family);
        const explanation = evaluator.explain(query);
        const label = `${probe.from} → ${probe.to} ${probe.proto} ${probe.port ?? ""}`;
        expect(
          { label, verdict: explanation.verdict === "allow" ? "A" : "D" },
          JSON.stringify(explanation.decision),
        ).toEqual({
          label,
          verdict: probe.expect,
        });
        expect(evaluator.verdict(query)).toBe(explanation.verdict);
      }
    };
    put(baseTopology);
    put(scenario.objects(family));
    check(scenario.probes(family));
    for (const step of scenario.steps?.(family) ?? []) {
      put(step.put ?? []);
      for (const ref of step.remove ?? []) objects.delete(formatRef(ref));
      check(step.probes);
    }
  });
});
