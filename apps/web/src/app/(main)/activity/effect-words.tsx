import type { ChangeSetEffect } from "@percale/api";
import { UntoldMark } from "../../../parts/untold.tsx";
import { isUntold, type Untold } from "../../../words/untold.ts";
import { type ChangeGroup, endpointWords, pairWords } from "./view.ts";

/** What a set did: pairs that changed stand out, endpoints that it is about stand below or behind. */
export function EffectWords(props: {
  readonly effects: ReadonlyMap<number, ChangeSetEffect> | Untold;
  readonly set: Pick<ChangeGroup, "revision">;
  readonly isTall?: boolean;
}) {
  const { effects, set, isTall = false } = props;
  if (effects === "waiting") return <UntoldMark untold={effects} />;
  const effect = isUntold(effects) ? undefined : effects.get(set.revision);
  if (effect === undefined) return <span className="muted">–</span>;
  const [pairs, endpoints] = [pairWords(effect), endpointWords(effect)];
  const isQuiet = effect.allowed + effect.denied === 0;
  if (pairs === undefined) return <span className="muted">{endpoints ?? "–"}</span>;
  return (
    <>
      <span className={isQuiet ? "muted" : undefined}>{pairs}</span>
      {endpoints !== undefined &&
        (isTall ? <div className="sub always">{endpoints}</div> : <span className="muted">, {endpoints}</span>)}
    </>
  );
}
