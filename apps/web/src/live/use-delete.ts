"use client";
import type { KubeObject } from "@percale/resources/catalog";
import { createElement } from "react";
import { FailureWords } from "../parts/failure-words.tsx";
import { showToast } from "../parts/toasts.tsx";
import { failureOf } from "../trpc/client.ts";
import { useWrite } from "./write.ts";

/** Deletes at once, with Undo in the toast: asking first only trains people to say yes. */
export function useDelete(): (object: KubeObject, onDone: () => void) => Promise<void> {
  const { write } = useWrite();
  return async (object, onDone) => {
    const { kind, metadata } = object;
    const ref =
      metadata.namespace === undefined
        ? { kind, name: metadata.name }
        : { kind, namespace: metadata.namespace, name: metadata.name };
    try {
      await write({
        changes: [{ op: "delete", ref, ...(metadata.uid === undefined ? {} : { uid: metadata.uid }) }],
        words: { done: "Deleted", names: [metadata.name] },
      });
      onDone();
    } catch (error) {
      const words = createElement(FailureWords, { failure: failureOf(error) });
      showToast({ tone: "failed", content: createElement("span", {}, `${metadata.name} was not deleted: `, words) });
    }
  };
}
