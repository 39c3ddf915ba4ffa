import type { KubeObject } from "./object.ts";

const textByObject = new WeakMap<object, string>();

/** An object's JSON, made once: stored objects never change, and lists, watches and streams all send the same text. */
export function encodeObject(object: KubeObject): string {
  let text = textByObject.get(object);
  if (text === undefined) {
    text = JSON.stringify(object);
    textByObject.set(object, text);
  }
  return text;
}
