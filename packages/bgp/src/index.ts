/**
 * BGP as pure functions: the objects of the cluster in; this node's sessions, its BIRD 2 configuration, and what could not be
 * programmed (with the object at fault) out. Also reads what BIRD says on its control socket.
 */
export { sessionsOf } from "./sessions.ts";
export type { BgpPlan, Rejected, Session } from "./sessions.ts";
export { renderBirdConfig } from "./render.ts";
export type { BirdConfig, RenderOptions } from "./render.ts";
export { acceptConfig, parseRefusal } from "./accept.ts";
export type { Accepted, Refusal } from "./accept.ts";
export { birdStatusOf, bgpSessionsOf, ReplyReader } from "./control.ts";
export type { BirdReply, BirdStatus, SessionStatus } from "./control.ts";
export type * from "./model.ts";
