"use client";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import { type KeyboardEvent, startTransition, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Icon } from "../../parts/icon.tsx";
import { parseQuestion } from "../../policy/question.ts";
import { applyTheme } from "../theme.ts";
import { useUndo, useUndoable } from "../undo/use-undo.ts";
import { Answer, QUESTION } from "./answer.tsx";
import type { Entry } from "./entry.ts";
import { groupsFor } from "./find.ts";
import { useKnown } from "./known.ts";

/** Search and commands. Focus comes to the field once it is shown, and goes back where it was. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const router = useRouter();
  const undo = useUndo();
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
  const known = useKnown(searched, useUndoable());
  const groups = useMemo(() => groupsFor(searched, known), [searched, known]);
  const question = parseQuestion(searched);
  const [marked, setMarked] = useState("");
  const ids = [
    ...(question === undefined ? [] : [QUESTION]),
    ...groups.flatMap(({ entries }) => entries.map(({ id }) => id)),
  ];
  const type = (typed: string): void => {
    setText(typed);
    startTransition(() => setSearched(typed));
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
            placeholder="Name, address, or a question: frontend -> database:5432"
          />
          <kbd>Esc</kbd>
        </div>
        <Command.List>
          {question !== undefined && (
            <Command.Group heading="Reach">
              <Answer question={question} go={go} />
            </Command.Group>
          )}
          {groups.length === 0 && question === undefined && !known.isOld && (
            <Command.Empty>Nothing is called that. Try a name, a label, an address, or “a -&gt; b:80”.</Command.Empty>
          )}
          {groups.map(({ title, entries }) => (
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
