"use client";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import dynamic from "next/dynamic";
import {
  type ClipboardEvent,
  type KeyboardEvent,
  startTransition,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";
import { isManifest } from "../../editor/is-manifest.ts";
import { usePause } from "../../live/pause.tsx";
import { Icon } from "../../parts/icon.tsx";
import { parseQuestion } from "../../policy/question.ts";
import { counted } from "../../words/number.ts";
import { applyTheme } from "../theme.ts";
import { useUndo, useUndoable } from "../undo/use-undo.ts";
import { Answer, QUESTION } from "./answer.tsx";
import type { Entry } from "./entry.ts";
import { groupsFor } from "./find.ts";
import { useKnown } from "./known.ts";

/** The row's identity among those that are offered. */
const OPEN_DRAFT = "open the draft";

// It reads YAML, which nobody needs before.
const PastedRows = dynamic(async () => (await import("./pasted-rows.tsx")).PastedRows, { ssr: false });

function pastedWords(text: string): string {
  return `pasted, ${counted(text.trimEnd().split("\n").length, "line")}`;
}

/** Search and commands. Focus comes to the field once it is shown, and goes back where it was. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const router = useRouter();
  const undo = useUndo();
  const pause = usePause();
  const [text, setText] = useState("");
  const [searched, setSearched] = useState(""); // what is found is of this; it follows what is typed as time allows
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    field.current?.focus(); // a dialog gives it to whatever comes first
    return () => shown?.close();
  }, []);
  /** YAML that was pasted: the field has one line, and says that it is there. */
  const [pasted, setPasted] = useState<string>();
  const asked = pasted === undefined ? searched : "";
  const known = useKnown(asked, { lastChange: useUndoable(), isPaused: pause.isPaused });
  const groups = useMemo(() => groupsFor(asked, known), [asked, known]);
  const shown = pasted === undefined ? groups : [];
  const question = parseQuestion(asked);
  const [marked, setMarked] = useState("");
  const ids = [
    ...(pasted === undefined ? [] : [OPEN_DRAFT]),
    ...(question === undefined ? [] : [QUESTION]),
    ...shown.flatMap(({ entries }) => entries.map(({ id }) => id)),
  ];
  const type = (typed: string): void => {
    // Whoever goes on typing over a paste searches anew.
    const words = pasted === undefined ? typed : typed.startsWith(text) ? typed.slice(text.length) : "";
    setPasted(undefined);
    setText(words);
    startTransition(() => setSearched(words));
  };
  const paste = (event: ClipboardEvent): void => {
    const clip = event.clipboardData.getData("text/plain");
    if (!isManifest(clip)) return;
    event.preventDefault();
    const words = pastedWords(clip);
    setPasted(clip);
    setText(words);
    setSearched(words);
  };
  /** Enter chooses from what is found for the whole text, however fast it came: from what is not told yet once it is. */
  const [isChoosing, setChoosing] = useState(false);
  const catchUp = (event: KeyboardEvent): void => {
    setChoosing(false);
    if (event.key !== "Enter") return;
    flushSync(() => setSearched(text));
    if (text === searched && !known.isOld) return;
    event.preventDefault();
    event.stopPropagation();
    setChoosing(true);
  };
  useEffect(() => {
    if (!isChoosing || known.isOld || searched !== text) return undefined;
    const enter = new globalThis.KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
    const timer = setTimeout(() => field.current?.dispatchEvent(enter)); // by then what is found can be chosen
    return () => clearTimeout(timer);
  }, [isChoosing, known.isOld, searched, text]);
  const go = (href: string): void => {
    onClose();
    router.push(href);
  };
  const choose = ({ does }: Entry): void => {
    if ("go" in does) return go(does.go);
    onClose();
    if (does.command === "pause") return pause.toggle();
    if (does.command !== "undo") return applyTheme(does.command);
    void undo();
    return undefined;
  };
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- a click beside it; the dialog itself hears Escape
    <dialog
      ref={dialog}
      className="palette float"
      aria-label="Search"
      onClose={() => dialog.current?.open === true || onClose()} // React may show it twice while it is developed
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <Command
        shouldFilter={false}
        label="Search"
        loop
        onKeyDownCapture={catchUp}
        value={ids.includes(marked) ? marked : (ids[0] ?? "")} // what was marked may be found no more
        onValueChange={setMarked}
      >
        <div className="typed">
          <Icon name="search" />
          <Command.Input
            ref={field}
            value={text}
            onValueChange={type}
            onPaste={paste}
            placeholder="Name, address, YAML, or a question: frontend -> database:5432"
          />
          <kbd>Esc</kbd>
        </div>
        <Command.List>
          {pasted !== undefined && <PastedRows text={pasted} openId={OPEN_DRAFT} go={go} />}
          {question !== undefined && (
            <Command.Group heading="Reach">
              <Answer question={question} go={go} />
            </Command.Group>
          )}
          {pasted === undefined && groups.length === 0 && question === undefined && !known.isOld && (
            <Command.Empty>Nothing is called that. Try a name, a label, an address, or “a -&gt; b:80”.</Command.Empty>
          )}
          {shown.map(({ title, entries }) => (
            <Command.Group key={title} heading={title}>
              {entries.map((entry) => (
                <Command.Item key={entry.id} value={entry.id} onSelect={() => choose(entry)}>
                  <Icon name={entry.icon} />
                  <span className="ell">
                    <span className={entry.isWords === true ? undefined : "mono"}>{entry.name}</span>{" "}
                    {entry.detail !== undefined && <span className="detail">{entry.detail}</span>}
                  </span>{" "}
                  <span className="verb">{entry.verb}</span>
                </Command.Item>
              ))}
            </Command.Group>
          ))}
        </Command.List>
        <p className="keys">
          {pasted !== undefined && <span className="grow">Nothing is written before you apply the draft</span>}
          <span>
            <kbd>↑</kbd> <kbd>↓</kbd> move
          </span>
          <span>
            <kbd>↵</kbd> choose
          </span>
        </p>
      </Command>
    </dialog>
  );
}
