import { BGPPeer } from "@percale/resources";
import { birdsWords } from "./bird-words.ts";
import type { Cause } from "./bird-words.ts";
import type { BothEnds, End, Md5Refused } from "./ends.ts";
import { formatBgpRef } from "./ends.ts";
import { DEFAULT_PORT } from "./port.ts";

/**
 * The likely cause of a session that is down. What both ends have configured counts first: it explains also where BIRD has
 * nothing to say (a kernel drops what is signed wrongly without a word). Then what the kernel counted, then BIRD's words.
 */
export function causeOf(ends: BothEnds): Cause {
  for (const look of LOOKS) {
    const cause = look(ends);
    if (cause !== undefined) return cause;
  }
  return noAnswer(ends);
}

type Look = (ends: BothEnds) => Cause | undefined;

const peerSilent: Look = ({ peer }) =>
  peer === undefined || peer.isHeard
    ? undefined
    : {
        reason: `The agent of ${peer.node} is not heard, so the node may be down or cut off.`,
        advice: `Look whether ${peer.node} runs and reaches the network; then at the log of its agent.`,
      };

const birdDown: Look = ({ peer }) =>
  peer === undefined || peer.birdRuns
    ? undefined
    : {
        reason: `BIRD does not run on ${peer.node}.`,
        advice: `See the conditions of ${peer.node}: its agent starts BIRD again and says what keeps it from that.`,
      };

const onlyHere: Look = (ends) => {
  const { near, far, peer } = ends;
  if (peer === undefined || far !== undefined) return undefined;
  const { ref } = near.session;
  const reason = `Only ${near.report.node} has this session: ${peer.node} has none with ${near.report.node}.`;
  return ref?.kind === BGPPeer.kind
    ? {
        reason,
        advice: `Give ${peer.node} a BGPPeer for ${near.report.node}, or set reversePeering: Auto in ${formatBgpRef(ref)}, with the asNumber and port that ${peer.node} has.`,
      }
    : {
        reason,
        advice: `Nodes with a routeReflectorClusterID are not in the mesh; see what ${peer.node} says of BGP objects that it does not take.`,
      };
};

/** BIRD's protocols lock address and port of their peer: the second one waits for ever. */
const twice: Look = ({ near, far }) => {
  for (const { report, session } of far === undefined ? [near] : [near, far]) {
    if (session.state !== "Idle" || session.info !== "") continue;
    const other = report.sessions.find(
      (one) => one !== session && one.peerIP === session.peerIP && one.port === session.port,
    );
    if (other === undefined) continue;
    return {
      reason: `${report.node} has two sessions with ${session.peerIP}, and BIRD runs one of them.`,
      advice: `One is asked for by ${formatBgpRef(session.ref)}, one by ${formatBgpRef(other.ref)}: remove either.`,
    };
  }
  return undefined;
};

const wrongAs: Look = ({ near, far }) => {
  if (far === undefined) return undefined;
  const found = [expectation(near, far), expectation(far, near)].flatMap((one) => (one === undefined ? [] : [one]));
  return found.length === 0
    ? undefined
    : {
        reason: `${found.map(({ text }) => text).join("; ")}.`,
        advice: `Correct asNumber in ${found.map(({ where }) => where).join(" and ")}, or the asNumber of the Node.`,
      };
};

function expectation(here: End, there: End): { readonly text: string; readonly where: string } | undefined {
  const has = there.session.localASNumber;
  const { asNumber: expected, ref } = here.session;
  if (has === undefined || has === expected) return undefined;
  const text = `${here.report.node} expects AS ${expected} of ${there.report.node}, which has AS ${has}`;
  return { text, where: formatBgpRef(ref) };
}

const sameRouterId: Look = ({ near, peer }) =>
  near.report.routerID === undefined || near.report.routerID !== peer?.routerID
    ? undefined
    : {
        reason: `${near.report.node} and ${peer.node} have the same router ID, ${peer.routerID}.`,
        advice: "A router ID is the node's IPv4 address: give the two nodes addresses of their own.",
      };

const bothPassive: Look = ({ near, far }) =>
  near.session.passive !== true || far?.session.passive !== true
    ? undefined
    : {
        reason: `${near.report.node} and ${far.report.node} both wait for the other one to connect.`,
        advice:
          "Two nodes think of each other's address as the greater one: correct the addresses of their Node objects.",
      };

const password: Look = ({ near, far }) => {
  const [here, there] = [near.session.hasPassword, far?.session.hasPassword];
  if (far === undefined || here === undefined || there === undefined) return undefined;
  if (here !== there) {
    const [has, lacks] = here ? [near, far] : [far, near];
    return {
      reason: `${has.report.node} has a password for this session, ${lacks.report.node} has none.`,
      advice: `Give both ends the same password: ${formatBgpRef(has.session.ref)} asks for one; see whether ${lacks.report.node} can read that Secret.`,
    };
  }
  return here && [near, far].some(({ report }) => (report.md5Refused?.failure ?? 0) > 0)
    ? {
        reason: `${near.report.node} and ${far.report.node} have different passwords: a kernel refuses the other's signature.`,
        advice: `Let both ends read the same Secret (${formatBgpRef(near.session.ref)}).`,
      }
    : undefined;
};

const ttlSecurity: Look = ({ near, far }) => {
  if (far === undefined || near.session.localASNumber === undefined || far.session.localASNumber === undefined)
    return undefined; // an end that does not tell what it has
  if ((near.session.ttlHops === undefined) === (far.session.ttlHops === undefined)) return undefined;
  const [has, lacks] = near.session.ttlHops !== undefined ? [near, far] : [far, near];
  return {
    reason: `${has.report.node} has TTL security (${hops(has.session.ttlHops)}), ${lacks.report.node} has not.`,
    advice: `Set ttlSecurity at both ends or at none; ${formatBgpRef(has.session.ref)} sets it.`,
  };
};

const wrongPort: Look = ({ near, far, peer }) => {
  const sides = [{ here: near, listens: peer }, ...(far === undefined ? [] : [{ here: far, listens: near.report }])];
  for (const { here, listens } of sides) {
    const { port, passive, ref } = here.session;
    if (port === undefined || passive === true || listens?.listenPort === undefined || port === listens.listenPort)
      continue;
    return {
      reason: `${here.report.node} connects to port ${port} of ${listens.node}, whose BIRD listens on port ${listens.listenPort}.`,
      advice: `Correct the port in ${formatBgpRef(ref)}, or listenPort in BGPConfiguration.`,
    };
  }
  return undefined;
};

/** One end is ours alone: the kernel's counts are of the whole node, so they only hint. */
const refusedSignature: Look = ({ near, far }) => {
  if (far !== undefined || near.session.info !== "") return undefined;
  const { notFound, unexpected, failure } = near.report.md5Refused ?? NONE_REFUSED;
  const { hasPassword = false } = near.session;
  const peer = near.session.peerNode ?? near.session.peerIP;
  const reason = !hasPassword
    ? unexpected > 0 && `${peer} seems to have a password, ${near.report.node} has none.`
    : failure > 0
      ? `${peer} seems to have another password than ${near.report.node}.`
      : notFound > 0 && `${near.report.node} has a password, ${peer} seems to have none.`;
  return reason === false
    ? undefined
    : { reason, advice: `Give both ends the same password (${formatBgpRef(near.session.ref)}).` };
};

const NONE_REFUSED: Md5Refused = { notFound: 0, unexpected: 0, failure: 0 };

const LOOKS: readonly Look[] = [
  peerSilent,
  birdDown,
  twice,
  wrongAs,
  sameRouterId,
  bothPassive,
  password,
  ttlSecurity,
  wrongPort,
  onlyHere,
  refusedSignature,
  birdsWords,
];

/** BIRD says nothing: packets are lost, or dropped by a kernel. */
function noAnswer({ near, far }: BothEnds): Cause {
  const { session, report } = near;
  const peer = session.peerNode ?? session.peerIP;
  const port = session.port ?? DEFAULT_PORT;
  if (session.state === "OpenSent" || session.state === "OpenConfirm")
    return {
      reason: `${peer} is connected and its messages do not arrive.`,
      advice: `See whether TTL security is the same at both ends${session.ttlHops === undefined ? "" : ` (${report.node} has ${hops(session.ttlHops)})`}, and whether large packets get through.`,
    };
  if (session.passive === true && far === undefined)
    return {
      reason: `${peer} does not connect to ${report.node}, which waits for it.`,
      advice: `See whether ${peer} has a session for ${session.localIP ?? report.node} and reaches TCP ${report.listenPort ?? DEFAULT_PORT} there.`,
    };
  const password = session.hasPassword === true ? ", or its password is not that of this session" : "";
  return {
    reason: `${peer} does not answer on TCP ${port}: packets are lost or dropped${password}.`,
    advice: `See whether ${peer} has the address ${session.peerIP}, and whether a policy or firewall between them drops TCP ${port}.`,
  };
}

function hops(count: number | undefined): string {
  return count === 1 ? "1 hop" : `${count} hops`;
}
