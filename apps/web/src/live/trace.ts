"use client";
import type { DecisionStep, DecisionView, ExplainView } from "@percale/api";
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { cardKey } from "../app/(main)/policies/view.ts";
import { endpointText } from "../policy/endpoint.ts";
import { stepsOf, type Trace, type TraceHalf, type TraceRow, type TraceSteps } from "../policy/trace.ts";
import { useTRPC } from "../trpc/client.ts";
import { type NamedEndpoint, useNamedEndpoint } from "./endpoint-list.ts";
import { formatOpen } from "../words/kinds.ts";

export interface TraceAsk {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  /** Digits, or empty. */
  readonly port: string;
}

export interface TraceQuery {
  readonly result: Trace | undefined;
  readonly steps: TraceSteps | undefined;
  readonly verdict: Trace["verdict"] | undefined;
  /** Protocol and port of the answer: `TCP 5432`. */
  readonly question: string | undefined;
  /** As people name the ends; what was typed where it is unknown. */
  readonly sourceText: string;
  readonly destinationText: string;
  /** Why there is no question yet. */
  readonly problem: string | undefined;
  readonly error: unknown;
  readonly refetch: () => void;
}

const ADDRESS = /^(\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:]*:[0-9a-fA-F:]+)$/;

/** Asks the evaluator about one pair and keeps the answer current. */
export function useTrace({ source, destination, protocol, port }: TraceAsk): TraceQuery {
  const trpc = useTRPC();
  const [from, to] = [useNamedEndpoint(source), useNamedEndpoint(destination)];
  const outside = useOutside();
  const fromText = askText(from, source) ?? outside.get(source);
  const toText = askText(to, destination) ?? outside.get(destination);
  const number = Number(port);
  const known = from.found !== undefined && to.found !== undefined;
  const input =
    known && fromText !== undefined && toText !== undefined
      ? {
          from: fromText,
          to: toText,
          protocol,
          ...(protocol !== "ICMP" && number >= 1 && number <= 65_535 ? { port: number } : {}),
        }
      : skipToken;
  const query = useQuery(
    trpc.policy.explain.queryOptions(input, { staleTime: 60_000, placeholderData: keepPreviousData }),
  );
  const answer = input === skipToken ? undefined : query.data;
  const result = useMemo(() => (answer === undefined ? undefined : traceOf(answer)), [answer]);
  const steps = useMemo(() => (result === undefined ? undefined : stepsOf(result)), [result]);
  const unknown = fromText === undefined ? source : toText === undefined ? destination : undefined;
  return {
    result,
    steps,
    verdict: result?.verdict,
    question: result === undefined ? undefined : `${protocol} ${port}`,
    sourceText: from.found == null ? source : endpointText(from.found.row),
    destinationText: to.found == null ? destination : endpointText(to.found.row),
    problem:
      source === "" || destination === ""
        ? "Choose both ends."
        : known && unknown !== undefined
          ? `No endpoint is called ${unknown}, and it is no address.`
          : undefined,
    error: query.error ?? from.error ?? to.error,
    refetch: () => {
      void query.refetch();
      from.refetch();
      to.refetch();
    },
  };
}

/** Hosts of the lab that are no endpoint of ours, by the name that the matrix gives them. */
export function useOutside(): ReadonlyMap<string, string> {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.lab.matrix.queryOptions());
  return useMemo(
    () =>
      new Map(
        (data?.workloads ?? []).flatMap(({ name, namespace, addresses }) =>
          namespace === "" && addresses[0] !== undefined ? [[name, addresses[0].replace(/\/\d+$/, "")] as const] : [],
        ),
      ),
    [data],
  );
}

function askText({ found }: NamedEndpoint, typed: string): string | undefined {
  return found?.row.key ?? (ADDRESS.test(typed) ? typed : undefined);
}

/** The API's answer in the form that board and ladder share. */
export function traceOf({ verdict, from, to, egress, ingress }: ExplainView): Trace {
  const half = (decision: DecisionView, party: ExplainView["from"]): TraceHalf => ({
    direction: decision.direction,
    endpoint: party.called ?? party.address,
    node: party.node,
    verdict: verdictOf(decision.verdict),
    rows: decision.by === "notAnEndpoint" ? [] : rowsOf(decision),
  });
  return { verdict: verdictOf(verdict), halves: [half(egress, from), half(ingress, to)] };
}

/** Steps without a verdict of their own are steps too: they say why they did not decide. */
export function rowsOf(decision: DecisionView): readonly TraceRow[] {
  const rows = decision.steps.map(rowOf);
  const last = rows.findLastIndex((row) => row.outcome === decision.verdict);
  if (last < 0) {
    // What decided is no step of its own: an end of tier, or that nothing applies.
    return [...rows, { ...rowOf({ ...decision, action: decision.verdict }), decides: true, reason: decision.text }];
  }
  return rows.map((row, index) => (index === last ? { ...row, decides: true } : row));
}

function rowOf({ tier, policy, profile, rule, action, text, misfits }: DecisionStep): TraceRow {
  const outcome = action === "log" ? "none" : action;
  const common = {
    tier: policy?.tier ?? tier ?? "",
    outcome,
    reason: text.replace(/^\w+\/\S+: /, ""),
    decides: false,
    ...(misfits === undefined ? {} : { misfits }),
    ...(rule === undefined ? {} : { rule: rule + 1 }),
  } as const;
  if (policy !== undefined) {
    const { tier: _tier, ...ref } = policy;
    const { name, namespace } = ref;
    return {
      ...common,
      what: "policy",
      name,
      ...(namespace === undefined ? {} : { namespace }),
      cardKey: cardKey(ref),
      path: formatOpen(ref),
    };
  }
  if (profile !== undefined) return { ...common, what: "profile", name: profile };
  if (tier !== undefined) return { ...common, what: "endOfTier", name: "" };
  return { ...common, what: "noPolicy", name: "no profile" };
}

function verdictOf(verdict: "allow" | "deny"): Trace["verdict"] {
  return verdict === "allow" ? "Allow" : "Deny";
}
