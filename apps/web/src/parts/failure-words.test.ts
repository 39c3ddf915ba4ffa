import { createElement } from "react";
import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Failure } from "../trpc/client.ts";
import { FailureWords, RequestId } from "./failure-words.tsx";

const ID = "7f3c0000-0000-4000-8000-000000000001";
const shown = (element: ReactElement): string => renderToStaticMarkup(element).replaceAll(/<[^>]+>/g, "");
const hint = (element: ReactElement): string | undefined => /title="([^"]*)"/.exec(renderToStaticMarkup(element))?.[1];
const failed: Failure = { kind: "error", message: "no room", causes: [] };

test("of a request that failed the whole id is shown, as it is copied", () => {
  expect(shown(createElement(FailureWords, { failure: { ...failed, requestId: ID } }))).toBe(`no room (request ${ID})`);
  expect(shown(createElement(FailureWords, { failure: failed }))).toBe("no room");
});

test("an id leads where its request left something: a success is in no log", () => {
  expect(hint(createElement(FailureWords, { failure: { ...failed, requestId: ID } }))).toBe(
    "Copy, and find it in the server&#x27;s log, if it failed there or refused a write",
  );
  const element = createElement(RequestId, { id: ID, leadsTo: "with percale history --request" });
  expect([shown(element), hint(element)]).toEqual([ID, "Copy, and find it with percale history --request"]);
});
