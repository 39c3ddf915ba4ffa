import { bitsOf, formatCidr, maskCidr, parseCidr, tryParseCidr } from "@percale/net";
import type { Cidr } from "@percale/net";
import { BGPConfiguration, DEFAULT_AS, refOf } from "@percale/resources";
import type { ObjectRef } from "@percale/resources";
import type { BgpInputs } from "./model.ts";
import { DEFAULT_PORT } from "./port.ts";
import { configurationOf, isRefused, nodeAddress, parseAsNumber, sessionsOf } from "./sessions.ts";
import type { Rejected, Session } from "./sessions.ts";

export interface BirdConfig {
  readonly text: string;
  readonly sessions: readonly Session[];
  readonly rejected: readonly Rejected[];
  /** Which object a line of the text comes from (1 = first line), for BIRD's `FILE:LINE:COL message`. */
  objectAtLine(line: number): ObjectRef | undefined;
}

export interface RenderOptions {
  /**
   * While BIRD recovers from a restart it waits for every session that is up for configuration: only these (by name) are, the others
   * are disabled until it has recovered. Absent: all are.
   */
  readonly awaited?: ReadonlySet<string>;
}

/** A line and whose it is. */
interface Line {
  readonly text: string;
  readonly ref?: ObjectRef;
}

/** LOCAL_PREF is this minus the kernel's metric, so that a route's priority travels in iBGP. */
const MAX_PREF = 2147483647;
const DEFAULT_PRIORITY = 1024;
const MAX_RR_ID = 223;
const DEFAULT_RESTART_SECONDS = 120;
const CONFIGURATION: ObjectRef = { kind: BGPConfiguration.kind, name: "default" };

/** The whole configuration of one BIRD 2 daemon (2.0.12 or later), both families. Deterministic: equal inputs give equal text. */
export function renderBirdConfig(inputs: BgpInputs, { awaited }: RenderOptions = {}): BirdConfig {
  const { sessions, rejected } = sessionsOf(inputs);
  const { global, own } = configurationOf(inputs, inputs.node);
  const ownAs = parseAsNumber(
    inputs.nodes.find(isNode(inputs.node))?.spec.bgp?.asNumber ?? global.asNumber ?? DEFAULT_AS,
  );
  const port = own.listenPort ?? global.listenPort ?? DEFAULT_PORT;
  const severity = (own.logSeverityScreen ?? global.logSeverityScreen ?? "Info").toLowerCase();
  const debug = severity === "debug" || severity === "trace" ? "states, routes, filters, events" : "states, events";
  const ignored = [...(global.ignoredInterfaces ?? []), "cali*", "kube-ipvs*"].map((pattern) => `-"${pattern}"`);

  const lines: Line[] = [
    ...of(undefined, [
      "# Written by Percale; edits are lost.",
      "log stderr { info, warning, error, fatal, bug, auth };",
      `router id ${routerId(inputs)};`,
      "timeformat base iso long ms; timeformat protocol iso long ms; timeformat route iso long ms;",
      `graceful restart wait ${recoverySeconds(sessions)};`,
      "protocol device device1 { scan time 2; }",
    ]),
    ...of(CONFIGURATION, [`protocol direct direct1 { ipv4; ipv6; interface ${ignored.join(", ")}, "*"; }`]),
    { text: "" },
    ...renderFamily(inputs, 4, global.ipv4NormalRoutePriority ?? DEFAULT_PRIORITY, sessions),
    ...renderFamily(inputs, 6, global.ipv6NormalRoutePriority ?? DEFAULT_PRIORITY, sessions),
    ...of(CONFIGURATION, [
      `template bgp px_peer { local${port === DEFAULT_PORT ? "" : ` port ${port}`} as ${ownAs}; multihop; graceful restart on;`,
      `  connect delay time 2; connect retry time 5; error wait time 5,30; debug { ${debug} }; }`,
    ]),
    ...sessions.flatMap((session) =>
      of(
        session.ref,
        renderSession(session, {
          ownAs,
          port,
          isBound: global.bindMode === "NodeIP",
          own: ownAddress(inputs, session.family),
          isDisabled: awaited !== undefined && !awaited.has(session.name),
        }),
      ),
    ),
  ];
  return {
    text: `${lines.map(({ text }) => text).join("\n")}\n`,
    sessions,
    rejected,
    // BIRD sees that a block is wrong at its end, and may say so one word later: at the end of the file that is past the last line.
    objectAtLine: (line) => lines[Math.min(line, lines.length) - 1]?.ref,
  };
}

function of(ref: ObjectRef | undefined, texts: readonly string[]): Line[] {
  return texts.map((text) => (ref === undefined ? { text } : { text, ref }));
}

/**
 * How long a restarted BIRD waits for its peers before it goes on without them. They keep our routes for the restart time that they
 * were told; past it the node would be cut off, so the wait is shorter.
 */
function recoverySeconds(sessions: readonly Session[]): number {
  const shortest = Math.min(...sessions.map(({ restartSeconds = DEFAULT_RESTART_SECONDS }) => restartSeconds), 240);
  return Math.max(1, Math.floor(shortest * 0.75));
}

function isNode(name: string): (node: { readonly metadata: { readonly name: string } }) => boolean {
  return ({ metadata }) => metadata.name === name;
}

function ownAddress(inputs: BgpInputs, family: 4 | 6): string | undefined {
  const me = inputs.nodes.find(isNode(inputs.node));
  return me === undefined ? undefined : nodeAddress(me, family);
}

/** The node's IPv4 address, else four bytes of a hash of its name: an IPv6-only daemon needs one too. */
function routerId(inputs: BgpInputs): string {
  const address = ownAddress(inputs, 4);
  if (address !== undefined) return address;
  const [first = 0, ...rest] = inputs.sha256(inputs.node).subarray(0, 4);
  return [first > MAX_RR_ID ? first - 32 : first, ...rest].join(".");
}

function renderFamily(inputs: BgpInputs, family: 4 | 6, priority: number, sessions: readonly Session[]): Line[] {
  const blocks = ownBlocks(inputs, family);
  const pools = inputs.pools
    .filter((pool) => !isRefused(inputs, pool))
    .flatMap((pool) => {
      const cidr = tryParseCidr(pool.spec.cidr);
      if (cidr?.family !== family) return [];
      return [{ ...pool.spec, ref: refOf(pool), net: formatCidr(maskCidr(cidr)) }];
    })
    .sort((a, b) => (a.net < b.net ? -1 : 1));
  const reach = sessions.filter((session) => session.family === family && session.reachableBy !== undefined);
  const encapsulated = pools.filter(
    ({ ipipMode = "Never", vxlanMode = "Never" }) => ipipMode !== "Never" || vxlanMode !== "Never",
  );
  const own = (...texts: readonly string[]): Line[] => of(undefined, texts);
  return [
    ...own(`protocol static blocks${family} { ipv${family};`),
    ...blocks
      .filter(({ cidr }) => cidr.prefixLen < bitsOf(family))
      .map(({ text, ref }) => ({ text: `  route ${text} blackhole;`, ref })),
    ...own("}"),
    ...(reach.length === 0
      ? []
      : [
          ...own(`protocol static reach${family} { ipv${family};`),
          ...reach.map(({ peerAddress, reachableBy, ref }) => ({
            text: `  route ${peerAddress}/${bitsOf(family)} via ${reachableBy};`,
            ref,
          })),
          ...own("}"),
        ]),
    ...own(
      `filter px_kernel${family} {`,
      "  if source = RTS_DEVICE then reject;",
      `  if source = RTS_BGP && !defined(krt_metric) then {`,
      `    if defined(bgp_local_pref) then krt_metric = ${MAX_PREF} - bgp_local_pref; else krt_metric = ${priority};`,
      "  }",
      `  if !defined(krt_metric) then krt_metric = ${priority};`,
    ),
    // Who programs routes of encapsulated pools is the agent, own blocks included.
    ...encapsulated.map(({ net, ref }) => ({ text: `  if net ~ ${net} then reject;`, ref })),
    ...own(
      "  accept;",
      "}",
      `protocol kernel kernel${family} { learn; persist; scan time 2; metric 0; merge paths on; graceful restart;`,
      `  ipv${family} { import all; export filter px_kernel${family}; }; }`,
      `function px_export${family}(bool same_as) {`,
    ),
    ...pools
      .filter(({ disableBGPExport }) => disableBGPExport === true)
      .map(({ net, ref }) => ({ text: `  if net ~ ${net} then reject;`, ref })),
    ...own(
      `  if same_as && (ifname ~ "*.cali" || ifname ~ "*.calico" || ifname ~ "tunl0") then reject;`,
      `  if ifname ~ "bpf*.cali" then reject;`,
    ),
    ...blocks
      .filter(({ isLeaving }) => !isLeaving)
      .flatMap(({ text, ref }) => [
        { text: `  if net = ${text} then accept;`, ref },
        { text: `  if net ~ ${text} then { if krt_metric < ${priority} then accept; reject; }`, ref },
      ]),
    ...pools
      .filter(({ disableBGPExport }) => disableBGPExport !== true)
      .map(({ net, ref }) => ({ text: `  if net ~ ${net} then accept;`, ref })),
    ...own(
      "  reject;",
      "}",
      `function px_prio_out${family}() {`,
      `  if source = RTS_BGP && defined(bgp_local_pref) then krt_metric = ${MAX_PREF} - bgp_local_pref;`,
      `  else { if !defined(krt_metric) then krt_metric = ${priority}; bgp_local_pref = ${MAX_PREF} - krt_metric; }`,
      "}",
      `function px_prio_in${family}() { if bgp_local_pref > ${MAX_PREF - priority} then preference = 200; }`,
      "",
    ),
  ];
}

interface OwnBlock {
  readonly cidr: Cidr;
  readonly text: string;
  readonly ref: ObjectRef;
  readonly isLeaving: boolean;
}

/** Blocks that this node announces; a pending affinity is no affinity. */
function ownBlocks(inputs: BgpInputs, family: 4 | 6): OwnBlock[] {
  return inputs.affinities
    .filter(({ spec }) => spec.node === inputs.node && spec.state !== "pending" && spec.deleted !== true)
    .filter((affinity) => !isRefused(inputs, affinity))
    .map((affinity) => ({
      cidr: maskCidr(parseCidr(affinity.spec.cidr)),
      ref: refOf(affinity),
      isLeaving: affinity.spec.state === "pendingDeletion",
    }))
    .filter(({ cidr }) => cidr.family === family)
    .map((block) => ({ ...block, text: formatCidr(block.cidr) }))
    .sort((a, b) => (a.cidr.value < b.cidr.value ? -1 : 1));
}

function renderSession(
  session: Session,
  at: {
    readonly ownAs: number;
    readonly port: number;
    readonly isBound: boolean;
    readonly own: string | undefined;
    readonly isDisabled: boolean;
  },
): string[] {
  const { ownAs, port, isBound, own, isDisabled } = at;
  const { family, localAs } = session;
  const isInternal = localAs === session.remoteAs;
  const local = isBound && own !== undefined ? ` ${own}` : "";
  const options = [
    ...(isDisabled ? ["disabled yes;"] : []),
    ...(isBound || localAs !== ownAs
      ? [`local${local}${port === DEFAULT_PORT ? "" : ` port ${port}`} as ${localAs};`]
      : []),
    ...(local !== "" ? ["strict bind on;"] : []),
    `neighbor ${session.peerAddress}${session.port === DEFAULT_PORT ? "" : ` port ${session.port}`} as ${session.remoteAs};`,
    ...(session.sourceAddress !== undefined && local === "" ? [`source address ${session.sourceAddress};`] : []),
    ...(session.passive ? ["passive on;"] : []),
    ...(session.password !== undefined ? [`password "${session.password}";`] : []),
    ...(session.restartSeconds !== undefined ? [`graceful restart time ${session.restartSeconds};`] : []),
    ...(session.keepaliveSeconds !== undefined ? [`keepalive time ${session.keepaliveSeconds};`] : []),
    ...(session.ttlHops !== undefined ? [`ttl security on; multihop ${session.ttlHops};`] : []),
    ...(session.allowLocalAs !== undefined ? [`allow local as ${session.allowLocalAs};`] : []),
    ...(session.rrClusterId !== undefined ? [`rr client; rr cluster id ${session.rrClusterId};`] : []),
  ];
  return [
    `protocol bgp ${session.name} from px_peer {`,
    `  ${options.join(" ")}`,
    `  ipv${family} { gateway recursive; add paths on; import keep filtered on;${session.nextHop === undefined ? "" : ` next hop ${session.nextHop};`}`,
    `    import filter { px_prio_in${family}(); accept; };`,
    `    export filter { px_prio_out${family}(); px_export${family}(${isInternal}); }; };`,
    "}",
  ];
}
