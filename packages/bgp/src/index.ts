/**
 * BGP as pure functions: the objects of the cluster in; this node's sessions, its BIRD 2 configuration, and what could not be
 * programmed (with the object at fault) out. Also reads what BIRD says on its control socket, and why a session is down.
 *
 *     const ofNode = (name, address) => ({ kind: "Node", metadata: { name }, spec: { bgp: { ipv4Address: address } } });
 *     const nodes = [ofNode("n1", "192.0.2.1/24"), ofNode("n2", "192.0.2.2/24")];
 *     const others = { pools: [], affinities: [], configurations: [], peers: [], sha256: () => new Uint8Array(32) };
 *     renderBirdConfig({ node: "n1", nodes, ...others }).sessions.map(({ peerNode }) => peerNode); // → ["n2"]
 */
export { sessionsOf } from "./sessions.ts";
export type { BgpPlan, Rejected, Session } from "./sessions.ts";
export { renderBirdConfig } from "./render.ts";
export type { BirdConfig, RenderOptions } from "./render.ts";
export { acceptConfig, parseRefusal } from "./accept.ts";
export type { Accepted, Refusal } from "./accept.ts";
export { birdStatusOf, bgpSessionsOf, ReplyReader } from "./control.ts";
export type { BirdReply, BirdStatus, SessionStatus } from "./control.ts";
export { SessionJournal } from "./journal.ts";
export { diagnoseBgp, judgeSessions } from "./judged.ts";
export type { JudgedSession } from "./judged.ts";
export type { BgpDiagnosis } from "./diagnosis.ts";
export { BGP_GRACE_MS, countSessions, sayCounts, sayStanding, STANDINGS } from "./standing.ts";
export type { SessionCounts, Standing } from "./standing.ts";
export { listenPortOf } from "./ends.ts";
export type { BgpReport, Md5Refused } from "./ends.ts";
export { md5RefusedOf, Md5Counter } from "./md5.ts";
export type * from "./model.ts";
