"use client";
import { kindsWhere } from "@percale/resources/catalog";
import Link from "next/link";
import { definitionOf, kindWords, pathOf } from "../../../words/kinds.ts";
import { useObjects } from "../../../live/objects.ts";
import { Icon } from "../../../parts/icon.tsx";
import { iconOf } from "../../../parts/kind-icon.ts";
import { UntoldMark } from "../../../parts/untold.tsx";
import { usePageTitle } from "../../../shell/title.ts";
import { counted } from "../../../words/number.ts";

const KINDS = kindsWhere(({ looks }) => looks.setting);

/** The configuration kinds, what is set in each, and a way to set it. */
export function Settings() {
  usePageTitle("Settings");
  return (
    <main className="main" id="main">
      <div className="scroll">
        <div className="pad settings">
          {KINDS.map((kind) => (
            <SettingCard key={kind} kind={kind} />
          ))}
        </div>
      </div>
    </main>
  );
}

function SettingCard({ kind }: { readonly kind: string }) {
  const definition = definitionOf(kind);
  const objects = useObjects(kind);
  if (definition === undefined) return null;
  return (
    <section className="card" aria-label={kind}>
      <div className="ch">
        <Icon name={iconOf(kind)} className="muted" />
        <h2 className="h2">{kindWords(kind)}</h2>
        <Link className="end link" href={`/${definition.plural}`}>
          All
        </Link>
      </div>
      <div className="cb">
        <p className="muted">{definition.description}</p>
        <ul className="setting-list">
          {objects.items.map((object) => (
            <li key={object.metadata.name}>
              <Link className="link mono" href={pathOf({ kind, name: object.metadata.name })}>
                {object.metadata.name}
              </Link>{" "}
              <span className="muted">{counted(Object.keys(object.spec ?? {}).length, "setting")} stated</span>
            </li>
          ))}
          {!objects.loaded && objects.error === null && (
            <li>
              <UntoldMark untold="waiting" />
            </li>
          )}
          {objects.loaded && objects.items.length === 0 && !definition.internal && (
            <li>
              Everything has its default.{" "}
              <Link className="link" href={`/new/${definition.plural}`}>
                Set something
              </Link>
            </li>
          )}
        </ul>
      </div>
    </section>
  );
}
