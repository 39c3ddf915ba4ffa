import type { KubeObject } from "./object.ts";

const textByObject = new WeakMap<object, string>();

/** The text that `encodeObject` has made already; undefined if nobody asked for it yet. */
export function encodedText(object: KubeObject): string | undefined {
  return textByObject.get(object);
}

/** An object's JSON, made once: stored objects never change, and lists, watches and streams all send the same text. */
export function encodeObject(object: KubeObject): string {
  let text = textByObject.get(object);
  if (text === undefined) {
    text = JSON.stringify(object);
    textByObject.set(object, text);
  }
  return text;
}
