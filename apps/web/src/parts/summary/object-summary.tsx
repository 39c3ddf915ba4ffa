"use client";
import { type KubeObject, refOf } from "@percale/resources/catalog";
import { useSchema } from "../../live/schema.ts";
import { isProgrammed, useProgrammedOn } from "../programmed.tsx";
import { Age } from "../age.tsx";
import { ChangesCard, NodesCard } from "./cards.tsx";
import { statedFields } from "./fields.ts";
import { UsedBy } from "./used-by.tsx";

/** An object of any kind: what it states in words, who has to do with it, where it is programmed, who changed it last. */
export function ObjectSummary({ object }: { readonly object: KubeObject }) {
  const { kind, metadata } = object;
  const schema = useSchema(kind);
  const fields = statedFields(schema, object);
  const on = useProgrammedOn(object);
  const labels = Object.entries(metadata.labels ?? {});
  return (
    <>
      {schema?.description !== undefined && <p className="sum-what">{schema.description}</p>}
      <div className="sum-cols">
        <div className="stack">
          <section className="card" aria-label="What it states">
            <div className="ch">
              <h2 className="h2">What it states</h2>
            </div>
            <dl className="kv cb">
              {fields.length === 0 && (
                <>
                  <dt>Spec</dt>
                  <dd className="muted">nothing: the defaults of its kind hold</dd>
                </>
              )}
              {fields.map(({ title, path, value }) => (
                <div key={path} className="kv-row">
                  <dt title={path}>{title}</dt>
                  <dd className="mono">{value}</dd>
                </div>
              ))}
              {labels.length > 0 && (
                <>
                  <dt>Labels</dt>
                  <dd className="lbls">
                    {labels.map(([key, value]) => (
                      <span key={key} className="lbl">
                        {key}={value}
                      </span>
                    ))}
                  </dd>
                </>
              )}
              <dt>Created</dt>
              <dd>
                <Age at={metadata.creationTimestamp} ago />
              </dd>
            </dl>
          </section>
          <UsedBy object={object} />
        </div>
        <div className="stack">
          {isProgrammed(kind) && on !== undefined && <NodesCard on={on} revision={metadata.resourceVersion} />}
          <ChangesCard openRef={refOf(object)} />
        </div>
      </div>
    </>
  );
}
