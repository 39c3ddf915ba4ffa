import type { BothEnds, End } from "./ends.ts";
import { formatBgpRef } from "./ends.ts";
import { DEFAULT_PORT } from "./port.ts";

/** Why a session is down, and what to do about it. */
export interface Cause {
  readonly reason: string;
  readonly advice: string;
}

/** What BIRD gives as the reason, of one end or the other, in plain words; its own where it is none that we know. */
export function birdsWords({ near, far }: BothEnds): Cause | undefined {
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
}

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

/** `HERE` said it, `THERE` is the other end. Texts: CZ-NIC/bird `proto/bgp/packets.c` and `bgp.c`. */
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
