/** Random small clusters: few names, labels and addresses, so that everything meets everything, and some of it is invalid. */
import { API_VERSION, formatRef, refOf, SERVICE_NAME_LABEL } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import fc from "fast-check";

export const NODE = "n1";
export const NAMESPACES = ["red", "blue"];
export const ADDRESSES = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.1.1", "fd00::1", "fd00::2", "fd01::1"];

export const object = (kind: string, name: string, spec: object, metadata: object = {}): KubeObject => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, ...metadata },
  spec,
});
const opt = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const given = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
const labels = fc.dictionary(fc.constantFrom("a", "b", "pcns.team"), fc.constantFrom("1", "2"), { maxKeys: 2 });
export const SELECTORS = ["all()", "a == '1'", "a != '1'", "b in {'1','2'}", "has(a) && !has(b)", "a == '1' || b == '2'"];
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
const services = fc.record({
  name: fc.constantFrom("web", "dns"),
  namespace: fc.constantFrom("red", "blue"),
});
/** A service says which addresses, as a destination also which ports. */
const source = fc.oneof(
  { weight: 5, arbitrary: side },
  fc.record({ services, ports: fc.array(port, { maxLength: 1 }) }),
);
const destination = fc.oneof({ weight: 5, arbitrary: side }, fc.record({ services }));
const rare = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 }); // one in two is nil
const rule = fc
  .record({
    action: fc.constantFrom("Allow", "Allow", "Deny", "Pass", "Log"),
    protocol: rare(fc.constantFrom<string | number>("TCP", "UDP", 253)),
    notProtocol: rare(fc.constantFrom("TCP", "UDP")),
    ipVersion: rare(fc.constantFrom(4, 6)),
    notICMP: rare(fc.constantFrom({ type: 8 }, { type: 128, code: 0 })),
    source: rare(source),
    destination: rare(destination),
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

/** Kubernetes' own selectors, rules and policies. */
const labelSelector = fc.constantFrom(
  {},
  { matchLabels: { a: "1" } },
  { matchExpressions: [{ key: "b", operator: "In", values: ["1", "2"] }] },
  { matchExpressions: [{ key: "a", operator: "DoesNotExist" }] },
);
const namespaceLabels = fc.constantFrom({}, { matchLabels: { team: "1" } });
const kubernetesPeer = fc.oneof(
  fc.record({ podSelector: labelSelector }),
  fc.record({ namespaceSelector: namespaceLabels }),
  fc.record({ podSelector: labelSelector, namespaceSelector: namespaceLabels }),
  fc.constantFrom({ ipBlock: { cidr: "10.0.0.0/8", except: ["10.0.0.0/24"] } }, { ipBlock: { cidr: "fd00::/64" } }),
);
const kubernetesPort = fc.constantFrom<object>(
  { protocol: "TCP", port: 80 },
  { protocol: "TCP", port: 80, endPort: 90 },
  { protocol: "UDP", port: "dns" },
  { port: "web" },
  { protocol: "UDP" },
);
const kubernetesPolicy = fc
  .record({
    podSelector: labelSelector,
    policyTypes: fc.constantFrom(["Ingress"], ["Egress"], ["Ingress", "Egress"]),
    ingress: fc.array(
      fc.record({
        from: fc.array(kubernetesPeer, { maxLength: 2 }),
        ports: fc.array(kubernetesPort, { maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
    egress: fc.array(
      fc.record({ to: fc.array(kubernetesPeer, { maxLength: 2 }), ports: fc.array(kubernetesPort, { maxLength: 2 }) }),
      { maxLength: 2 },
    ),
  });
const pods = fc.record({ pods: fc.record({ namespaceSelector: namespaceLabels, podSelector: labelSelector }) });
const clusterPeer = fc.oneof(fc.record({ namespaces: namespaceLabels }), pods);
const clusterRule = {
  action: fc.constantFrom("Accept", "Deny", "Pass"),
  protocols: fc.array(
    fc.constantFrom<object>(
      { tcp: { destinationPort: { number: 80 } } },
      { udp: { destinationPort: { range: { start: 50, end: 60 } } } },
      { destinationNamedPort: "web" },
      { tcp: {} },
    ),
    { maxLength: 2 },
  ),
};
const clusterPolicy = fc.record({
  tier: fc.constantFrom("Admin", "Baseline"),
  priority: fc.constantFrom(1, 2),
  subject: clusterPeer,
  ingress: fc.array(fc.record({ ...clusterRule, from: fc.array(clusterPeer, { minLength: 1, maxLength: 2 }) }), {
    maxLength: 2,
  }),
  egress: fc.array(
    fc.record({
      ...clusterRule,
      // Nobody knows its nodes: such a rule fails closed.
      to: fc.array(
        fc.oneof(clusterPeer, fc.constantFrom<object>({ networks: ["10.0.0.0/8"] }, { nodes: {} })),
        { minLength: 1, maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  ),
});
/** A flat kind: its fields stand beside its metadata. */
const slice = (name: string, service: string | undefined, fields: object, namespace: string): KubeObject => ({
  ...object("EndpointSlice", name, {}, {
    namespace,
    labels: service === undefined ? {} : { [SERVICE_NAME_LABEL]: service },
  }),
  spec: undefined,
  ...fields,
});

const anObject: fc.Arbitrary<KubeObject> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.oneof(
      fc
        .tuple(policyName, kubernetesPolicy, fc.constantFrom(...NAMESPACES))
        .map(([name, spec, namespace]) => object("KubernetesNetworkPolicy", name, spec, { namespace })),
      fc
        .tuple(policyName, clusterPolicy)
        .map(([name, spec]) => object("KubernetesClusterNetworkPolicy", name, spec)),
      // Tried out, so of no effect whatever it says.
      fc
        .tuple(policyName, policySpec)
        .map(([name, spec]) => object("StagedGlobalNetworkPolicy", name, { ...spec, stagedAction: "Set" })),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        name: fc.constantFrom("s0", "s1", "s2"),
        namespace: fc.constantFrom(...NAMESPACES),
        service: opt(fc.constantFrom("web", "dns")),
        family: fc.constantFrom(4, 6),
        addresses: fc.subarray(ADDRESSES),
        ports: opt(
          fc.subarray<object>([{ protocol: "TCP", port: 80 }, { port: 53 }, { protocol: "UDP", port: 53 }, { name: "x" }]),
        ),
      })
      .map(({ name, namespace, service, family, addresses, ports }) => {
        const own = addresses.filter((address) => address.includes(":") === (family === 6));
        const endpoints = own.map((address) => ({ addresses: [address] }));
        return slice(name, service, given({ addressType: `IPv${family}`, endpoints, ports }), namespace);
      }),
  },
  fc
    .record({
      name: fc.constantFrom("h0", "h1"),
      node: fc.constantFrom(NODE, "n2"),
      labels,
      expectedIPs: fc.subarray(ADDRESSES, { maxLength: 2 }),
      profiles: fc.subarray(["open", "ghost"]),
      ports: fc.subarray([{ name: "web", protocol: "TCP", port: 80 }]),
    })
    .map(({ name, labels, ...spec }) => object("HostEndpoint", name, { ...spec, interfaceName: "*" }, { labels })),
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
export const universe = fc
  .array(anObject, { maxLength: 24 })
  .map((list) => new Map(list.map((one) => [formatRef(refOf(one)), one] as const)));

/** As above, with endpoints that are always there and a policy of many rules on them, so that packets meet rules. */
export const dense = fc
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
    const web = slice("dense", "web", { addressType: "IPv4", endpoints: [{ addresses: ADDRESSES.slice(0, 2) }], ports: [{ port: 80 }] }, "red");
    const added = [endpoint(0), endpoint(1), policy, passing, web].map((one) => [formatRef(refOf(one)), one] as const);
    return new Map([...objects, ...added]);
  });

/** The same, where a node comes, goes and takes others' addresses. */
export const inhabited = fc
  .tuple(dense, fc.constantFrom(undefined, "10.0.1.1/24", "10.0.0.1/24"))
  .map(([objects, address]) => {
    const node = object("Node", "n3", { bgp: { ipv4Address: address } });
    return address === undefined ? objects : new Map([...objects, [formatRef(refOf(node)), node]]);
  });
