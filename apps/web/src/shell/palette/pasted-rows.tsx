"use client";
import { formatRef } from "@percale/resources/catalog";
import { Command } from "cmdk";
import { useEffect, useMemo, useState } from "react";
import { handOver, PASTED } from "../../editor/handed-over.ts";
import { readPasted } from "../../editor/pasted.ts";
import { useStored } from "../../live/stored.ts";
import { Icon } from "../../parts/icon.tsx";
import { iconOf } from "../../parts/kind-icon.ts";
import { ObjectName } from "../../parts/object-name.tsx";
import { definitionOf, kindWords } from "../../words/kinds.ts";
import { counted } from "../../words/number.ts";

const SHOWN = 8;

/** What a pasted text holds, and the way to it as a draft; or what is wrong with it, and where. */
export function PastedRows({
  text,
  openId,
  go,
}: {
  readonly text: string;
  /** The identity of the row that opens the draft. */
  readonly openId: string;
  readonly go: (href: string) => void;
}) {
  const documents = useMemo(() => readPasted(text), [text]);
  const wrong = documents.flatMap((one) => (one.problem === undefined ? [] : [one]));
  const refs = useMemo(() => documents.flatMap((one) => (one.problem === undefined ? [one.ref] : [])), [documents]);
  const stored = useStored(refs);
  const isNew = (ref: (typeof refs)[number]): boolean => stored?.get(formatRef(ref)) === null;
  const [first] = refs;
  /** Where one goes is known once it is known what is stored. */
  const [isChosen, setChosen] = useState(false);
  useEffect(() => {
    if (!isChosen || stored === undefined) return;
    handOver(text);
    const isOneNew = refs.length === 1 && first !== undefined && stored.get(formatRef(first)) === null;
    go(isOneNew ? `/new/${definitionOf(first.kind)?.plural}?from=${PASTED}` : "/pasted");
    // oxlint-disable-next-line react/exhaustive-deps -- goes once, wherever it leads now
  }, [isChosen, stored]);
  return (
    <>
      <Command.Group heading="Pasted YAML">
        {wrong.length === 0 && refs.length > 0 ? (
          <Command.Item value={openId} onSelect={() => setChosen(true)}>
            <Icon name="edit" />
            <span className="ell">Open {counted(refs.length, "object")} as a draft</span>
            <span className="verb">Open draft</span>
          </Command.Item>
        ) : (
          <p className="deny" role="alert" cmdk-empty="">
            {refs.length === 0 && wrong.length === 0
              ? "No object is in it."
              : `${counted(wrong.length, "document")} cannot be read, so nothing is opened.`}
          </p>
        )}
      </Command.Group>
      <Command.Group heading="What is in it">
        {wrong.slice(0, SHOWN).map(({ line, problem }) => (
          <div key={`${line} ${problem}`} className="in-paste">
            <Icon name="crit" className="deny" />
            <span>
              line {line}: {problem}
            </span>
          </div>
        ))}
        {refs.slice(0, SHOWN).map((ref) => (
          <div key={formatRef(ref)} className="in-paste">
            <Icon name={iconOf(ref.kind)} />
            <span className="ell">
              <ObjectName namespace={ref.namespace} name={ref.name} />{" "}
              <span className="detail">
                {kindWords(ref.kind)}
                {stored !== undefined && (isNew(ref) ? ", new" : ", exists")}
              </span>
            </span>
          </div>
        ))}
        {refs.length > SHOWN && <p className="in-paste muted">and {refs.length - SHOWN} more</p>}
      </Command.Group>
    </>
  );
}
