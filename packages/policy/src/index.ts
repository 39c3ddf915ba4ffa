/** The policy engine: resources in, this node's state out (incrementally), and the evaluator that says which rule decides a packet. Pure. */
export * from "./model.ts";
