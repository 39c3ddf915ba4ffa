"use client";
import { kindsWhere } from "@percale/resources";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useEndpoints } from "../live/endpoints.ts";
import { definitionOf, formatOpen, kindWords, pathOf } from "../words/kinds.ts";
import { useObjects } from "../live/objects.ts";
import { useTrace } from "../live/trace.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { iconOf } from "../parts/kind-icon.ts";
import { Verdict } from "../parts/verdict.tsx";
import { endpointText } from "../policy/endpoint.ts";
import { parseQuestion } from "../policy/question.ts";
import { NAV } from "./nav.ts";
import { applyTheme } from "./theme.ts";

const KINDS = kindsWhere(({ looks }) => looks.searched);
const MAX = 8;

interface Entry {
  readonly id: string;
  readonly icon: IconName;
  readonly text: string;
  readonly hint: string;
  readonly run: () => void;
}

/** Parse first, then search: a question is answered in the row, an address leads to its owner, a name to its object. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const router = useRouter();
  const [text, setText] = useState("");
  const deferred = useDeferredValue(text);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const go = (href: string) => {
    onClose();
    router.push(href);
  };
  const entries = useEntries(deferred, go, onClose);
  const question = parseQuestion(deferred);
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- a click beside it; the dialog itself hears Escape
    <dialog
      ref={dialog}
      className="palette float"
      aria-label="Search"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <Command shouldFilter={false} label="Search">
        <Command.Input
          value={text}
          onValueChange={setText}
          placeholder="Name, address, or a question: frontend -> database:5432"
          autoFocus
        />
        <Command.List>
          {question !== undefined && <Answer {...question} go={go} />}
          {entries.length === 0 && question === undefined && (
            <Command.Empty>Nothing is called that. Try a name, a label, an address, or “a -&gt; b:80”.</Command.Empty>
          )}
          {entries.map((entry) => (
            <Command.Item key={entry.id} value={entry.id} onSelect={entry.run}>
              <Icon name={entry.icon} />
              <span className={entry.icon === "arrow" ? undefined : "ell"}>{entry.text}</span>
              <span className="k">{entry.hint}</span>
            </Command.Item>
          ))}
        </Command.List>
      </Command>
    </dialog>
  );
}

function Answer(props: {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly port: number | undefined;
  readonly go: (href: string) => void;
}) {
  const port = props.port === undefined ? "" : String(props.port);
  const trace = useTrace({ source: props.source, destination: props.destination, protocol: props.protocol, port });
  const query = new URLSearchParams({
    src: trace.sourceText,
    dst: trace.destinationText,
    proto: props.protocol,
    ...(port === "" ? {} : { port }),
  });
  return (
    <Command.Item value="question" onSelect={() => props.go(`/reach?${query.toString().replaceAll("%2F", "/")}`)}>
      <Icon name="reach" />
      <span className="answer1">
        <span className="mono">{trace.sourceText}</span> → <span className="mono">{trace.destinationText}</span>{" "}
        {props.protocol} {port}
      </span>
      <span className="right">
        {trace.verdict === undefined ? (
          <span className="muted">{trace.problem ?? "…"}</span>
        ) : (
          <Verdict action={trace.verdict} word={trace.verdict === "Allow" ? "Allowed" : "Denied"} />
        )}
      </span>
    </Command.Item>
  );
}

function useEntries(text: string, go: (href: string) => void, onClose: () => void): readonly Entry[] {
  const endpoints = useEndpoints();
  const lists = KINDS.map((kind) => useObjects(kind).items);
  return useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const has = (...texts: readonly (string | undefined)[]) =>
      texts.some((each) => each?.toLowerCase().includes(wanted) === true);
    const pages = NAV.flatMap((group) => group.entries)
      .filter((entry) => wanted === "" || has(entry.title))
      .map((entry): Entry => ({
        id: entry.href,
        icon: entry.icon,
        text: entry.title,
        hint: entry.key === undefined ? "Go" : `g ${entry.key}`,
        run: () => go(entry.href),
      }));
    if (wanted === "") return pages;
    const owners = endpoints.items
      .filter(
        (endpoint) =>
          has(endpointText(endpoint), ...endpoint.addresses) ||
          Object.entries(endpoint.labels).some(([key, value]) => has(`${key}=${value}`)),
      )
      .slice(0, MAX)
      .map((endpoint): Entry => ({
        id: endpoint.key,
        icon: "endpoints",
        text: `${endpointText(endpoint)}  ${endpoint.addresses.join(", ")}`,
        hint: `endpoint on ${endpoint.node}`,
        run: () => go(`/endpoints?open=workloadendpoints/${endpoint.key}`),
      }));
    const objects = lists.flatMap((items) =>
      items
        .filter(({ metadata, spec }) =>
          has(
            metadata.name,
            metadata.namespace === undefined ? undefined : `${metadata.namespace}/${metadata.name}`,
            (spec as { cidr?: string } | undefined)?.cidr,
          ),
        )
        .slice(0, MAX)
        .map(({ kind, metadata }): Entry => {
          const ref =
            metadata.namespace === undefined
              ? { kind, name: metadata.name }
              : { kind, namespace: metadata.namespace, name: metadata.name };
          const name = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
          return {
            id: pathOf(ref),
            icon: iconOf(kind),
            text: name,
            hint: kindWords(kind),
            run: () =>
              go(definitionOf(kind)?.looks.page === "policies" ? `/policies?open=${formatOpen(ref)}` : pathOf(ref)),
          };
        }),
    );
    return [...owners, ...objects, ...pages, ...commands(go, onClose).filter((entry) => has(entry.text))];
    // oxlint-disable-next-line react/exhaustive-deps -- what `go` and `onClose` close over does not change what is found
  }, [text, endpoints.items, ...lists]);
}

function commands(go: (href: string) => void, onClose: () => void): readonly Entry[] {
  const theme = (choice: "light" | "dark" | "system") => () => {
    applyTheme(choice);
    onClose();
  };
  return [
    {
      id: "new-np",
      icon: "plus",
      text: "New network policy",
      hint: "Create",
      run: () => go("/policies?new=networkpolicies"),
    },
    {
      id: "new-gnp",
      icon: "plus",
      text: "New global network policy (gnp)",
      hint: "Create",
      run: () => go("/policies?new=globalnetworkpolicies"),
    },
    { id: "new-tier", icon: "plus", text: "New tier", hint: "Create", run: () => go("/policies?new=tiers") },
    { id: "new-pool", icon: "plus", text: "New IP pool", hint: "Create", run: () => go("/ippools?new=ippools") },
    { id: "theme-dark", icon: "sun", text: "Theme: dark", hint: "Set", run: theme("dark") },
    { id: "theme-light", icon: "sun", text: "Theme: light", hint: "Set", run: theme("light") },
    { id: "theme-system", icon: "sun", text: "Theme: as the system", hint: "Set", run: theme("system") },
  ];
}
