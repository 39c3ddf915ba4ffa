import { DEFAULT_PORT } from "./sessions.ts";
import type { BothEnds, End, Md5Refused } from "./ends.ts";
import { formatBgpRef } from "./ends.ts";

/** Why a session is down, and what to do about it. */
export interface Cause {
  readonly reason: string;
  readonly advice: string;
}

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
  return ref?.kind === "BGPPeer"
    ? {
        reason,
        advice: `Give ${peer.node} a BGPPeer for ${near.report.node}, or let ${ref.name} make both ends: reversePeering: Auto, an asNumber and a port as ${peer.node} has them.`,
      }
    : {
        reason,
        advice: `Nodes with a routeReflectorClusterID are not in the mesh; see what ${peer.node} says of BGP objects that it does not take.`,
      };
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

/** What BIRD says → what that means. `HERE` said it, `THERE` is the other end. */
const WORDS: readonly { readonly says: RegExp; readonly reason: string; readonly advice: string }[] = [
  {
    says: /Received: Bad peer AS/,
    reason: "THERE expects another AS than HERE has (AS LOCAL).",
    advice: "Correct the peer's AS at THERE, or asNumber of HERE.",
  },
  {
    says: /Bad peer AS/,
    reason: "HERE expects AS REMOTE of THERE, which has another one.",
    advice: "Correct asNumber in WHERE.",
  },
  {
    says: /Bad BGP identifier/,
    reason: "THERE has the same router ID as HERE.",
    advice: "Give each of them a router ID of its own: a node's is its IPv4 address.",
  },
  {
    says: /Connection refused/,
    reason: "Nothing listens on port PORT of THERE.",
    advice: "See whether BGP runs there and on which port, and whether a firewall refuses it.",
  },
  {
    says: /No route to host|Network is unreachable|Host is unreachable/,
    reason: "HERE cannot reach THERE: no route, or nobody there has that address.",
    advice: "See ip route get on HERE, the link, and the peer's address.",
  },
  {
    says: /timed out/,
    reason: "THERE does not answer on port PORT.",
    advice: "See whether it runs, has that address, and whether a firewall drops TCP PORT.",
  },
  {
    says: /Hold timer expired/,
    reason: "THERE fell silent for longer than the hold time.",
    advice: "It is overloaded, gone, or packets on the way are lost.",
  },
  {
    says: /Administrative shutdown|Administrative reset|Peer de-configured|^Disabled/,
    reason: "The session was shut down by hand: “SAYS”.",
    advice: "Enable it again where it was shut down.",
  },
  {
    says: /Maximum number of prefixes|Route limit exceeded/,
    reason: "More routes were sent than the limit allows: “SAYS”.",
    advice: "Send fewer routes (a BGPFilter, disableBGPExport of an IPPool), or raise the limit of the other end.",
  },
  {
    says: /Connection collision/,
    reason: "Both ends connected at once and each dropped the other's connection.",
    advice: "This ends by itself; if not, see that both ends have router IDs of their own.",
  },
  {
    says: /Kernel MD5 auth failed/,
    reason: "The kernel of HERE takes no password for this session.",
    advice: "It has at most 80 bytes; with many peers raise net.core.optmem_max (160 bytes for each).",
  },
  {
    says: /Authentication failure|MD5/i,
    reason: "Authentication fails: “SAYS”.",
    advice: "Give both ends the same password.",
  },
  {
    says: /No listening socket/,
    reason: "BIRD on HERE could not open its own port.",
    advice: "Another program may listen there (ss -ltnp), or sessions of one port differ in how they bind.",
  },
  {
    says: /Connection rejected|Other configuration change/,
    reason: "THERE ends the connection: “SAYS”.",
    advice: "See whether THERE has a session for the address and AS of HERE.",
  },
  {
    says: /Connection (closed|reset)/,
    reason: "THERE closes the connection.",
    advice: "See whether THERE has a session for the address of HERE, and what its log says.",
  },
];

const birdsWords: Look = ({ near, far }) => {
  for (const { says, reason, advice } of WORDS)
    for (const end of far === undefined ? [near] : [near, far]) {
      if (!says.test(end.session.info)) continue;
      const say = (text: string): string => fill(text, end, end === near ? far : near);
      return { reason: say(reason), advice: say(advice) };
    }
  const unknown = [near, ...(far === undefined ? [] : [far])].find(({ session }) => session.info !== "");
  return unknown === undefined
    ? undefined
    : {
        reason: `BIRD on ${unknown.report.node} says “${unknown.session.info}”.`,
        advice: "See the logs of both ends.",
      };
};

/** In one pass, so that what is put in is not looked at again. */
function fill(text: string, { report, session }: End, other: End | undefined): string {
  const words: Readonly<Record<string, string>> = {
    HERE: report.node,
    THERE: other?.report.node ?? session.peerNode ?? session.peerIP,
    LOCAL: String(session.localASNumber ?? "unknown"),
    REMOTE: String(session.asNumber),
    PORT: String(session.port ?? DEFAULT_PORT),
    WHERE: formatBgpRef(session.ref),
    SAYS: session.info,
  };
  return text.replaceAll(/[A-Z]{4,}/g, (word) => words[word] ?? word);
}

const LOOKS: readonly Look[] = [
  peerSilent,
  birdDown,
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
