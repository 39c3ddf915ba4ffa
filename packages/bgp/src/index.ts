/**
 * BGP as pure functions: the objects of the cluster in; this node's sessions, its BIRD 2 configuration, and what could not be
 * programmed (with the object at fault) out. Also reads what BIRD says on its control socket, and why a session is down.
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
export { BGP_GRACE_MS, diagnoseBgp } from "./diagnosis.ts";
export type { BgpDiagnosis } from "./diagnosis.ts";
export { listenPortOf } from "./ends.ts";
export type { BgpReport, Md5Refused } from "./ends.ts";
export { md5RefusedOf, Md5Counter } from "./md5.ts";
export type * from "./model.ts";
