import { createHash } from "node:crypto";
import { API_VERSION, formatRef, refOf } from "@percale/resources";
import type { KubeObject, ObjectRef } from "@percale/resources";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSelector } from "@percale/selector";
import { CalcGraph, applyUpdates, compare, createEvaluator, emptyState, evaluateState, Selection } from "./index.ts";
import type { Evaluator, NodeState, ObjectChange, Packet, Peer, Selectable } from "./index.ts";

/** Random small clusters: few names, labels and addresses, so that everything meets everything, and some of it is invalid. */
const sha224 = (text: string): Uint8Array => createHash("sha224").update(text).digest();
const NODE = "n1";
const NAMESPACES = ["red", "blue"];
const ADDRESSES = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.1.1", "fd00::1", "fd00::2", "fd01::1"];

const object = (kind: string, name: string, spec: object, metadata: object = {}): KubeObject => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, ...metadata },
  spec,
});
const opt = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const given = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
const labels = fc.dictionary(fc.constantFrom("a", "b", "pcns.team"), fc.constantFrom("1", "2"), { maxKeys: 2 });
const SELECTORS = ["all()", "a == '1'", "a != '1'", "b in {'1','2'}", "has(a) && !has(b)", "a == '1' || b == '2'"];
const selector = fc.constantFrom(...SELECTORS);
const policySelector = fc.oneof({ weight: 12, arbitrary: selector }, fc.constantFrom("", "a = 'broken'"));
const net = fc.constantFrom("10.0.0.0/24", "10.0.0.1/32", "10.0.0.0/8", "fd00::/64", "fd00::2/128");
const port = fc.constantFrom<number | string>(80, "80:90", "web", "dns");
/** One or two fields: a rule that demands everything matches nothing. */
const side = fc
  .array(
    fc.oneof(
      fc.record({ nets: fc.array(net, { minLength: 1, maxLength: 2 }) }),
      fc.record({ notNets: fc.array(net, { minLength: 1, maxLength: 2 }) }),
      fc.record({ selector }),
      fc.record({ notSelector: selector }),
      fc.record({ namespaceSelector: fc.constantFrom("team == '1'", "all()", "global()") }),
      fc.record({ ports: fc.array(port, { minLength: 1, maxLength: 2 }) }),
      fc.record({ notPorts: fc.array(port, { minLength: 1, maxLength: 2 }) }),
      fc.constant({ serviceAccounts: { names: ["s1"] } }),
    ),
    { maxLength: 2 },
  )
  .map((fields): object => Object.assign({}, ...fields) as object);
const rare = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 }); // one in two is nil
const rule = fc
  .record({
    action: fc.constantFrom("Allow", "Allow", "Deny", "Pass", "Log"),
    protocol: rare(fc.constantFrom<string | number>("TCP", "UDP", 253)),
    notProtocol: rare(fc.constantFrom("TCP", "UDP")),
    ipVersion: rare(fc.constantFrom(4, 6)),
    notICMP: rare(fc.constantFrom({ type: 8 }, { type: 128, code: 0 })),
    source: rare(side),
    destination: rare(side),
  })
  .map(given);
const rules = fc.array(rule, { maxLength: 3 });

const policyName = fc.constantFrom("p0", "p1", "p2", "p3");
const policySpec = fc
  .record({
    tier: fc.constantFrom("default", "t0", "ghost"),
    order: opt(fc.constantFrom(1, 2, -1.5)),
    selector: policySelector,
    types: fc.constantFrom(["Ingress"], ["Egress"], ["Ingress", "Egress"]),
    ingress: rules,
    egress: rules,
    performanceHints: opt(fc.constant(["AssumeNeededOnEveryNode"])),
  })
  .map(given);
const globalPolicy = fc.tuple(policyName, policySpec, opt(fc.constantFrom("team == '1'", "all()")));
const anObject: fc.Arbitrary<KubeObject> = fc.oneof(
  {
    weight: 4,
    arbitrary: globalPolicy.map(([name, spec, namespaceSelector]) =>
      object("GlobalNetworkPolicy", name, given({ ...spec, namespaceSelector })),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(policyName, policySpec, fc.constantFrom(...NAMESPACES))
      .map(([name, spec, namespace]) => object("NetworkPolicy", name, spec, { namespace })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({
        index: fc.integer({ min: 0, max: 3 }),
        node: fc.constantFrom(NODE, NODE, "n2"),
        labels,
        profiles: fc.shuffledSubarray(["kns.red", "open", "ghost", "projectcalico-default-allow"]),
        serviceAccountName: opt(fc.constant("s1")),
        addresses: fc.subarray(ADDRESSES.slice(0, 6), { maxLength: 2 }),
        ports: fc.subarray([
          { name: "web", protocol: "TCP", port: 80 },
          { name: "web", protocol: "UDP", port: 53 },
          { name: "dns", protocol: "UDP", port: 53 },
        ]),
      })
      .map(({ index, node, labels, profiles, addresses, ports, serviceAccountName }) =>
        object(
          "WorkloadEndpoint",
          `w${index}`,
          given({ node, profiles, ports, serviceAccountName, interfaceName: `cali${index}`, ipNetworks: addresses }),
          { namespace: NAMESPACES[index % 2], labels },
        ),
      ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom("s0", "s1"),
        labels,
        fc.array(fc.oneof({ weight: 9, arbitrary: net }, fc.constant("bad")), { maxLength: 3 }),
        opt(fc.constantFrom(...NAMESPACES)),
      )
      .map(([name, labels, nets, namespace]) =>
        namespace === undefined
          ? object("GlobalNetworkSet", name, { nets }, { labels })
          : object("NetworkSet", name, { nets }, { labels, namespace }),
      ),
  },
  fc
    .tuple(fc.constantFrom("kns.red", "kns.blue", "open"), rules, rules, labels)
    .map(([name, ingress, egress, labelsToApply]) => object("Profile", name, { ingress, egress, labelsToApply })),
  fc
    .tuple(fc.constantFrom("default", "t0"), fc.constantFrom(1, 2, 3), fc.constantFrom("Deny", "Pass"))
    .map(([name, order, defaultAction]) => object("Tier", name, { order, defaultAction })),
  fc
    .tuple(
      fc.constantFrom("default", "node.n1"),
      fc.constantFrom({ allowIPIPPacketsFromWorkloads: true }, { vxlanPort: 80 }, {}),
    )
    .map(([name, spec]) => object("FelixConfiguration", name, spec)),
  fc
    .tuple(fc.constantFrom("pool"), fc.boolean())
    .map(([name, natOutgoing]) => object("IPPool", name, { cidr: "10.0.0.0/8", natOutgoing })),
  fc.constant(object("Node", "n2", { bgp: { ipv4Address: "192.0.2.2/24" } })),
);

/** One object per name: the last. */
const universe = fc
  .array(anObject, { maxLength: 24 })
  .map((list) => new Map(list.map((one) => [formatRef(refOf(one)), one] as const)));

/** As above, with endpoints that are always there and a policy of many rules on them, so that packets meet rules. */
const dense = fc
  .tuple(universe, fc.array(rule, { minLength: 2, maxLength: 5 }), fc.array(rule, { minLength: 2, maxLength: 5 }))
  .map(([objects, ingress, egress]) => {
    const endpoint = (index: number): KubeObject =>
      object(
        "WorkloadEndpoint",
        `w${index}`,
        {
          node: NODE,
          interfaceName: `cali${index}`,
          ipNetworks: [ADDRESSES[index]!, ADDRESSES[index + 4]!],
          profiles: ["kns.red", "projectcalico-default-allow"],
          ports: [{ name: "web", protocol: index === 0 ? "TCP" : "UDP", port: 80 }],
          ...(index === 0 && { serviceAccountName: "s1" }),
        },
        { namespace: NAMESPACES[index], labels: index === 0 ? { a: "1" } : { b: "2" } },
      );
    const policy = object("GlobalNetworkPolicy", "first", { tier: "default", order: -9, ingress, egress });
    const passing = object("Tier", "default", { order: 1, defaultAction: "Pass" });
    const added = [endpoint(0), endpoint(1), policy, passing].map((one) => [formatRef(refOf(one)), one] as const);
    return new Map([...objects, ...added]);
  });

/** The same, where a node comes, goes and takes others' addresses. */
const inhabited = fc
  .tuple(dense, fc.constantFrom(undefined, "10.0.1.1/24", "10.0.0.1/24"))
  .map(([objects, address]) => {
    const node = object("Node", "n3", { bgp: { ipv4Address: address } });
    return address === undefined ? objects : new Map([...objects, [formatRef(refOf(node)), node]]);
  });

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
        const broken = new Set(graph.problems().map(({ ref }) => formatRef(ref)));
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
