/* oxlint-disable react/no-array-index-key -- a piece of a sentence is what its place says */
import { ruleSentence } from "../policy/sentence.ts";
import type { RuleSpec } from "../policy/spec.ts";
import { actionClass } from "./verdict.tsx";

/** A rule in words, with its selectors as code. */
export function Sentence({ rule }: { readonly rule: RuleSpec }) {
  return (
    <span className="sent">
      {ruleSentence(rule).map((piece, index) => {
        const text = index === 0 ? piece.text : ` ${piece.text}`;
        if (piece.t === "action") {
          return (
            <b key={index} className={`act ${actionClass(piece.text)}`}>
              {text}
            </b>
          );
        }
        if (piece.t === "code") {
          return (
            <span key={index}>
              {" "}
              <span className="mono">{piece.text}</span>
            </span>
          );
        }
        return (
          <span key={index} className={piece.t === "word" ? "w" : undefined}>
            {text}
          </span>
        );
      })}
    </span>
  );
}
