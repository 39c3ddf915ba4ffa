import { createHash } from "node:crypto";
import { formatRef, refOf } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSelector } from "@percale/selector";
import { CalcGraph, applyUpdates, compare, createEvaluator, emptyState, evaluateState, Selection } from "./index.ts";
import type { Evaluator, NodeState, ObjectChange, Packet, Peer, Selectable } from "./index.ts";
import { ADDRESSES, dense, inhabited, NAMESPACES, NODE, object, SELECTORS, universe } from "./testdata/universe.ts";

const sha224 = (text: string): Uint8Array => createHash("sha224").update(text).digest();

function computed(objects: Iterable<KubeObject>): NodeState {
  const graph = new CalcGraph({ node: NODE, sha224 });
  for (const one of objects) graph.put(one);
  const state = emptyState();
  applyUpdates(state, graph.flush());
  return state;
}

/** The same, with members that can be compared whole: their order says nothing. */
function plain({ sets, ...rest }: NodeState): object {
  return {
    ...rest,
    sets: new Map(Array.from(sets, ([id, { kind, members }]) => [id, { kind, members: new Set(members) }])),
  };
}

describe("the calculation graph", () => {
  test("incremental equals recomputed, from any state to any state, and nothing leaks", () => {
    fc.assert(
      fc.property(
        fc.array(universe, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        fc.boolean(),
        (states, numbers, flushOften) => {
          const graph = new CalcGraph({ node: NODE, sha224 });
          const state = emptyState();
          const draw = (): number => numbers.next().value as number;
          let held = new Map<string, KubeObject>();
          for (const target of [...states, new Map<string, KubeObject>()]) {
            const changes = [
              ...[...held.values()].filter((one) => !target.has(formatRef(refOf(one)))).map((one) => ({ remove: one })),
              ...[...target.values()].map((put) => ({ put })),
            ]
              .flatMap((change) => (draw() % 4 === 0 ? [change, change] : [change]))
              .map((change) => ({ change, at: draw() }))
              .sort((a, b) => a.at - b.at);
            for (const { change } of changes) {
              if ("put" in change) graph.put(draw() % 3 === 0 ? structuredClone(change.put) : change.put);
              else graph.remove(refOf(change.remove));
              if (draw() % 8 === 0) graph.remove({ kind: "GlobalNetworkPolicy", name: "never-there" });
              if (draw() % 4 === 0) for (const _ of graph.prepareSteps());
              if (flushOften) applyUpdates(state, graph.flush());
            }
            applyUpdates(state, graph.flush());
            expect(graph.flush()).toEqual([]);
            expect(plain(state)).toEqual(plain(computed(target.values())));
            held = target;
          }
          expect(graph.isEmpty).toBe(true);
          expect([state.sets.size, state.policies.size, state.profiles.size, state.endpoints.size]).toEqual([
            0, 0, 0, 0,
          ]);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("the evaluator on resources agrees with the compiled state", () => {
    const packet = fc.record({
      protocol: fc.constantFrom(6, 17, 1, 58, 253, 4),
      port: fc.constantFrom(80, 53, 85, 443),
      sourcePort: fc.constantFrom(80, 4000),
      icmpType: fc.constantFrom(8, 128, 0),
      ipVersion: fc.constantFrom(4 as const, 6 as const),
      peer: fc.constantFrom(...ADDRESSES),
    });
    fc.assert(
      fc.property(dense, fc.array(packet, { minLength: 8, maxLength: 8 }), (objects, packets) => {
        const state = computed(objects.values());
        const evaluator = createEvaluator(objects.values());
        for (const endpoint of state.endpoints.values())
          for (const { protocol, port, sourcePort, icmpType, ipVersion, peer } of packets) {
            const own = endpoint
              .workload!.addresses.map((cidr) => cidr.slice(0, cidr.indexOf("/")))
              .find((ip) => ip.includes(":") === (ipVersion === 6));
            if (own === undefined || peer.includes(":") !== (ipVersion === 6)) continue;
            const { namespace = "", name } = endpoint.ref;
            const isIcmp = protocol === 1 || protocol === 58;
            const icmp = { type: icmpType, code: 0 };
            const self = { endpoint: { namespace, name } };
            const common = { protocol, ipVersion, port, sourcePort, ...(isIcmp && { icmp }) };
            const compiled = (source: string, destination: string): Packet => ({
              ipVersion,
              protocol,
              source,
              destination,
              ...(!isIcmp && { sourcePort, destinationPort: port }),
              ...(isIcmp && { icmp }),
            });
            const egress = evaluator.explain({ ...common, from: self, to: { ip: peer } });
            if (egress.decision.by !== "neighbour discovery")
              expect(egress.egress?.verdict ?? "deny").toBe(
                evaluateState(state, { endpoint: endpoint.key, direction: "egress", packet: compiled(own, peer) }),
              );
            const ingress = evaluator.explain({ ...common, from: { ip: peer }, to: self });
            if (ingress.ingress !== undefined)
              expect(ingress.ingress.verdict, JSON.stringify(ingress)).toBe(
                evaluateState(state, { endpoint: endpoint.key, direction: "ingress", packet: compiled(peer, own) }),
              );
          }
      }),
      { numRuns: 400 },
    );
  });

  test("which policies are in force on an endpoint has one answer, whoever is asked", () => {
    fc.assert(
      fc.property(dense, (objects) => {
        const graph = new CalcGraph({ node: NODE, sha224 });
        for (const one of objects.values()) graph.put(one);
        const state = emptyState();
        applyUpdates(state, graph.flush());
        const invalid = graph.problems().filter(({ reason }) => reason === "Invalid"); // others say less than they could
        const broken = new Set(invalid.map(({ ref }) => formatRef(ref)));
        const evaluator = createEvaluator(objects.values());
        const selection = new Selection(objects.values());
        const policies = [...objects.values()].filter(({ kind }) => kind.endsWith("NetworkPolicy"));
        for (const { ref, stages } of state.endpoints.values()) {
          const { namespace = "", name } = ref;
          const tiers = stages.normal!;
          const told = evaluator.effectivePolicies({ namespace, name }).tiers;
          const keys = (refs: readonly ObjectRef[]): string[] => refs.map((ref) => formatRef(ref));
          expect(told.map((tier) => [tier.name, tier.defaultAction, keys(tier.ingress), keys(tier.egress)])).toEqual(
            tiers.map((tier) => [tier.name, tier.defaultAction, tier.ingress, tier.egress]),
          );
          const selecting = policies
            .filter((policy) => selection.subjectsOf(policy).some((one) => refOf(one.object).name === name))
            .map((policy) => formatRef(refOf(policy)))
            .filter((policy) => !broken.has(policy));
          const inForce = new Set(tiers.flatMap(({ ingress, egress }) => [...ingress, ...egress]));
          expect(selecting.sort()).toEqual([...inForce].sort());
        }
      }),
      { numRuns: 400 },
    );
  });
});

/** Everything that may be asked: of everybody about everybody, by name and by address, of those too that are not there. */
function answersOf(evaluator: Evaluator): unknown {
  const endpoints = ["w0", "w1", "w2", "w3"].map((name, i) => ({ namespace: NAMESPACES[i % 2]!, name }));
  const peers: Peer[] = [
    ...endpoints.map((endpoint) => ({ endpoint })),
    ...ADDRESSES.slice(1, 6).map((ip) => ({ ip })),
    ...[NODE, "n2", "n3"].map((node) => ({ node })),
  ];
  const queries = peers.flatMap((from) =>
    peers.flatMap((to) => [
      { from, to, protocol: "TCP", port: 80 },
      { from, to, protocol: "UDP", port: 53, ipVersion: 6 as const },
    ]),
  );
  const told = (ask: () => unknown): string => {
    try {
      return JSON.stringify(ask());
    } catch (error) {
      return String(error);
    }
  };
  const { selection } = evaluator;
  const names = (selected: readonly Selectable[]) => selected.map((one) => formatRef(refOf(one.object))).sort();
  return {
    explained: queries.map((query) => told(() => evaluator.explain(query))),
    verdicts: queries.map((query) => told(() => evaluator.verdict(query))),
    effective: endpoints.map((endpoint) => told(() => evaluator.effectivePolicies(endpoint))),
    selected: SELECTORS.map((text) => names(selection.matching(parseSelector(text)))),
    subjects: names(selection.subjectsOf(object("GlobalNetworkPolicy", "draft", { selector: "has(a)" }))),
  };
}

describe("the evaluator", () => {
  test("follows any history, in any order and in any pieces, to the answers of one made afresh; older versions keep theirs", () => {
    fc.assert(
      fc.property(
        fc.array(inhabited, { minLength: 1, maxLength: 3 }),
        fc.infiniteStream(fc.nat()),
        (states, numbers) => {
          const draw = (): number => numbers.next().value as number;
          const kept: { readonly evaluator: Evaluator; readonly objects: ReadonlyMap<string, KubeObject> }[] = [];
          const objects = new Map<string, KubeObject>();
          let evaluator = createEvaluator([]);
          let piece: ObjectChange[] = [];
          for (const target of [...states, new Map<string, KubeObject>()]) {
            const changes: ObjectChange[] = [
              ...[...objects.values()].filter((one) => !target.has(formatRef(refOf(one)))).map((one) => refOf(one)),
              ...target.values(),
              { kind: "GlobalNetworkPolicy", name: "never-there" },
              { kind: "WorkloadEndpoint", namespace: "red", name: "never-there" },
            ];
            for (const { change } of changes.map((one) => ({ change: one, at: draw() })).sort((a, b) => a.at - b.at)) {
              piece.push(change);
              if (draw() % 4 === 0) piece.push(structuredClone(change)); // heard twice
              if ("metadata" in change) objects.set(formatRef(refOf(change)), change);
              else objects.delete(formatRef(change));
              if (draw() % 6 > 0) continue;
              evaluator = evaluator.with(piece);
              piece = [];
              kept.push({ evaluator, objects: new Map(objects) });
            }
          }
          evaluator = evaluator.with(piece);
          expect(answersOf(evaluator)).toEqual(answersOf(createEvaluator(objects.values())));
          for (const version of kept.filter(() => draw() % 6 === 0))
            expect(answersOf(version.evaluator)).toEqual(answersOf(createEvaluator(version.objects.values())));
        },
      ),
      { numRuns: 20 },
    );
  }, 60_000);

  test("compares a draft with what is stored as it would two clusters", () => {
    fc.assert(
      fc.property(dense, universe, fc.infiniteStream(fc.nat()), (stored, changes, numbers) => {
        const isGone = (): boolean => (numbers.next().value as number) % 3 === 0;
        const draft = [...changes.values()].map((one) => (isGone() ? refOf(one) : one));
        const then = new Map(stored);
        for (const change of draft)
          if ("metadata" in change) then.set(formatRef(refOf(change)), change);
          else then.delete(formatRef(change));
        const names = ["w0", "w1", "w2", "w3"].map((name, i) => ({ namespace: NAMESPACES[i % 2]!, name }));
        const queries = names.flatMap((from) =>
          names.map((to) => ({ from: { endpoint: from }, to: { endpoint: to }, protocol: "TCP", port: 80 })),
        );
        const now = createEvaluator(stored.values());
        expect(compare(now, now.with(draft), queries)).toEqual(
          compare(createEvaluator(stored.values()), createEvaluator(then.values()), queries),
        );
      }),
      { numRuns: 200 },
    );
  });
});
