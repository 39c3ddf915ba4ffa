import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, TRPCClientError } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { AppRouter } from "@percale/api";
import type { KubeObject } from "@percale/resources/catalog";
import { createElement } from "react";
import type { FunctionComponent } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { TRPCProvider } from "../trpc/client.ts";
import { toWire } from "../trpc/wire.ts";
import { ImpactWords, useImpact } from "./impact-view.tsx";

const moved: KubeObject = {
  apiVersion: "projectcalico.org/v3",
  kind: "GlobalNetworkPolicy",
  metadata: { name: "moved" },
  spec: { order: 1 },
};

/** What is drawn of the impact of the moved policy, whose question failed so. */
function drawn(component: FunctionComponent, code: string, message: string): string {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retryOnMount: false } } });
  const trpcClient = createTRPCClient<AppRouter>({ links: [] });
  const api = createTRPCOptionsProxy<AppRouter>({ client: trpcClient, queryClient });
  const queryKey = api.policy.impact.queryKey({ changes: toWire([{ op: "update", object: moved }]) });
  const error = TRPCClientError.from({ error: { message, code: -32_000, data: { code } } });
  queryClient.getQueryCache().build(queryClient, { queryKey }).setState({ status: "error", error });
  // oxlint-disable-next-line react/no-children-prop -- no JSX here
  const inner = createElement(TRPCProvider, { trpcClient, queryClient, children: createElement(component) });
  return renderToStaticMarkup(createElement(QueryClientProvider, { client: queryClient }, inner));
}

const OrderBar: FunctionComponent = () => createElement(ImpactWords, { candidates: [moved] });
const EditorFooter: FunctionComponent = () => useImpact(moved, false).words;

test.each([
  ["UNPROCESSABLE_CONTENT", "metadata.name: must begin with the name of the tier"],
  ["CONFLICT", "it has been changed meanwhile"],
  ["NOT_FOUND", "it is gone"],
])(
  "of an order that cannot be stored (%s) the impact is unknown, and why; an editor has fields for that",
  (code, message) => {
    expect(drawn(OrderBar, code, message)).toBe(`<span class="muted">Impact unknown: ${message}</span>`);
    expect(drawn(EditorFooter, code, message)).toBe("");
  },
);

test("an impact that the server fails to tell is unknown everywhere, and why", () => {
  for (const place of [OrderBar, EditorFooter])
    expect(drawn(place, "INTERNAL_SERVER_ERROR", "the thread died")).toBe(
      '<span class="muted">Impact unknown: the thread died</span>',
    );
});
