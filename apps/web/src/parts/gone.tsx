"use client";
import type { ObjectRef } from "@percale/resources/catalog";
import Link from "next/link";
import { type ReactNode, useEffect, useState } from "react";
import { useHistoryNow } from "../live/history.ts";
import { useMe } from "../live/rights.ts";
import { useRevert } from "../live/write.ts";
import { definitionOf, kindWords } from "../words/kinds.ts";
import { Age } from "./age.tsx";
import { History } from "./history.tsx";
import { Icon } from "./icon.tsx";
import { ObjectName } from "./object-name.tsx";
import { Empty, Loaded, SkeletonRows } from "./states.tsx";
import { WriteButton } from "./write-button.tsx";

/**
 * In the place of an object that is not there: who deleted it and the way back, or that nobody ever called anything that.
 * What one took away oneself while it was shown needs no notice: `onLeave` closes it.
 */
export function Gone({
  openRef,
  onLeave,
  children,
}: {
  readonly openRef: ObjectRef;
  readonly onLeave?: () => void;
  /** In the place of its history. */
  readonly children?: ReactNode;
}) {
  const { name, namespace } = openRef;
  const history = useHistoryNow(openRef);
  const me = useMe();
  const revert = useRevert();
  const last = history.data?.[0];
  const isOwn = onLeave !== undefined && last?.op === "DELETED" && last.author === me?.user;
  useEffect(() => {
    if (isOwn) onLeave();
  }, [isOwn, onLeave]);
  return (
    <Loaded query={history} what="the history" rows={4}>
      {() =>
        last === undefined ? (
          <Never openRef={openRef} />
        ) : last.op !== "DELETED" ? (
          <SkeletonRows rows={4} /> // told before it was deleted, and asked anew by now: to revert that would be another thing
        ) : isOwn ? null : (
          <>
            <div className="note" role="status">
              <Icon name="info" />
              <div className="grow">
                <s>
                  <ObjectName namespace={namespace} name={name} />
                </s>{" "}
                was deleted by <b className="med">{last.author}</b> <Age at={last.at} ago />.
              </div>
              <WriteButton className="btn" onClick={() => void revert(last.setEnd, { names: [name] })}>
                Restore
              </WriteButton>
            </div>
            {children ?? <History openRef={openRef} />}
          </>
        )
      }
    </Loaded>
  );
}

function Never({ openRef: { kind, name, namespace } }: { readonly openRef: ObjectRef }) {
  const definition = definitionOf(kind);
  return (
    <Empty
      title={`No ${kindWords(kind)} is called that`}
      help={
        <>
          <span className="mono">{namespace === undefined ? name : `${namespace}/${name}`}</span> does not exist, and
          nothing of that name is in the log of changes.
        </>
      }
      action={
        definition && (
          <Link className="btn" href={`/${definition.plural}`}>
            All {definition.words.many}
          </Link>
        )
      }
    />
  );
}

/** What is here, else what was here last while this was shown. */
export function useLast<T>(value: T | undefined): T | undefined {
  const [last, setLast] = useState(value);
  if (value !== undefined && value !== last) setLast(value);
  return value ?? last;
}
