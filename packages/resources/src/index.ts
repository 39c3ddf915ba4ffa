/** Every kind of `projectcalico.org/v3`, each declared once: types, checks, defaults, OpenAPI and columns come from that declaration. */
export * from "./object.ts";
