"use client";
import type { RoleView } from "@percale/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { CheckField, SelectField, TextField } from "../../../editor/fields.tsx";
import { useRights } from "../../../live/rights.ts";
import { FailureWords } from "../../../parts/failure-words.tsx";
import { Icon } from "../../../parts/icon.tsx";
import { failureOf, useTRPC } from "../../../trpc/client.ts";
import { LIVES } from "./view.ts";

const WEEK = "1";

/** A new token: for whom, with which of the groups that exist, for how long. Its secret is shown once. */
export function NewToken({ roles }: { readonly roles: readonly RoleView[] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [subject, setSubject] = useState("");
  const [groups, setGroups] = useState<readonly string[]>([]);
  const [description, setDescription] = useState("");
  const [life, setLife] = useState(WEEK);
  const { notAdmin } = useRights();
  const create = useMutation(
    trpc.access.createToken.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.access.pathKey() }),
    }),
  );
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const ttlSeconds = LIVES[Number(life)]?.seconds;
    create.mutate({
      subject: subject.trim(),
      groups: [...groups],
      description: description.trim(),
      ...(ttlSeconds !== undefined && { ttlSeconds }),
    });
  };
  const missing =
    subject.trim() === ""
      ? "A token needs a subject."
      : groups.length === 0
        ? "A token in no group may do nothing."
        : undefined;
  if (notAdmin !== undefined) {
    return (
      <section className="card" aria-label="New token">
        <div className="ch">
          <h2 className="h2">New token</h2>
        </div>
        <p className="cb muted">
          <Icon name="lock" /> {notAdmin}
        </p>
      </section>
    );
  }
  return (
    <section className="card" aria-label="New token">
      <div className="ch">
        <h2 className="h2">New token</h2>
      </div>
      <form className="cb" onSubmit={onSubmit}>
        <div className="schema-grid">
          <TextField
            label="Subject"
            mono
            value={subject}
            onChange={setSubject}
            placeholder="ci"
            hint="The author in Activity."
          />
          <TextField label="For" value={description} onChange={setDescription} placeholder="nightly job" />
          <SelectField
            label="Ends after"
            value={life}
            options={LIVES.map(({ title }, index) => ({ value: String(index), title }))}
            onChange={setLife}
          />
        </div>
        <fieldset className="acc-groups">
          <legend className="lab">Groups</legend>
          {roles.map(({ group, title, may }) => (
            <CheckField
              key={group}
              label={
                <>
                  <b className="med">{title}</b> <span className="mono muted">{group}</span>{" "}
                  <span className="muted hide-s">{may}</span>
                </>
              }
              checked={groups.includes(group)}
              onChange={(on) => setGroups(on ? [...groups, group] : groups.filter((other) => other !== group))}
            />
          ))}
        </fieldset>
        {create.error !== null && (
          <p className="hint err">
            <FailureWords failure={failureOf(create.error)} />
          </p>
        )}
        {create.data !== undefined && (
          <div className="note w token-note" role="status">
            <Icon name="lock" />
            <div>
              <b>Copy it now; it is not shown again.</b>
              <p className="mono">{create.data.token}</p>
            </div>
            <button
              type="button"
              className="btn right"
              onClick={() => void navigator.clipboard.writeText(create.data.token)}
            >
              <Icon name="copy" />
              Copy
            </button>
          </div>
        )}
        <div className="rowb token-go">
          <button
            type="submit"
            className="btn pri"
            title={missing}
            disabled={missing !== undefined || create.isPending}
          >
            Create token
          </button>
          {missing !== undefined && <span className="muted">{missing}</span>}
        </div>
      </form>
    </section>
  );
}
