"use client";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { FailureWords } from "../../../parts/failure-words.tsx";
import { failureOf, useTRPC } from "../../../trpc/client.ts";
import { mayQuestion } from "./view.ts";

const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete"] as const;

/** Can X do Y? */
export function MayCard({ you }: { readonly you: string | undefined }) {
  const trpc = useTRPC();
  const [asked, setAsked] = useState<ReturnType<typeof mayQuestion>>();
  const answer = useQuery({
    ...trpc.access.may.queryOptions(asked ?? { user: "-", verb: "get", resource: "-" }),
    enabled: asked !== undefined,
  });
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setAsked(mayQuestion(new FormData(event.currentTarget)));
  };
  return (
    <section className="card" aria-label="Can somebody do something">
      <div className="ch">
        <h2 className="h2">Can somebody do it?</h2>
      </div>
      <form className="acc-may" onSubmit={onSubmit}>
        <Field name="user" label="User" value={you} isRequired />
        <Field name="groups" label="Groups" hint="with commas between" />
        <label className="lab">
          Verb
          <select className="in" name="verb" defaultValue="get">
            {VERBS.map((verb) => (
              <option key={verb}>{verb}</option>
            ))}
          </select>
        </label>
        <Field name="resource" label="Resource" value="networkpolicies" isRequired />
        <Field name="namespace" label="Namespace" hint="all" />
        <Field name="tier" label="Tier" hint="of policies" />
        <button type="submit" className="btn">
          Ask
        </button>
      </form>
      <p className="acc-answer" role="status">
        {answer.isError && <FailureWords failure={failureOf(answer.error)} />}
        {answer.data !== undefined && (
          <>
            <b className={answer.data.allowed ? "ok" : "bad"}>{answer.data.allowed ? "Yes" : "No"}</b>
            <span>{answer.data.reason}</span>
          </>
        )}
      </p>
    </section>
  );
}

function Field(props: {
  readonly name: string;
  readonly label: string;
  readonly value?: string | undefined;
  readonly hint?: string;
  readonly isRequired?: boolean;
}) {
  const { name, label, value, hint, isRequired = false } = props;
  return (
    <label className="lab">
      {label}
      <input
        className="in mono"
        name={name}
        key={value}
        defaultValue={value}
        placeholder={hint}
        required={isRequired}
        autoComplete="off"
        spellCheck={false}
      />
    </label>
  );
}
