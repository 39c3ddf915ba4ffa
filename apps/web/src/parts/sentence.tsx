/* oxlint-disable react/no-array-index-key -- a piece of a sentence is what its place says */
import { ruleSentence } from "../policy/sentence.ts";
import type { RuleSpec } from "../policy/spec.ts";
import { verdictMark } from "./verdict.tsx";

/** A rule in words, with its selectors as code. */
export function Sentence({ rule }: { readonly rule: RuleSpec }) {
  return (
    <span className="sent">
      {ruleSentence(rule).map((piece, index) => {
        const text = index === 0 ? piece.text : ` ${piece.text}`;
        switch (piece.t) {
          case "action":
            return (
              <b key={index} className={`act ${verdictMark(piece.text).word}`}>
                {text}
              </b>
            );
          case "code":
            return (
              <span key={index}>
                {" "}
                <span className="mono">{piece.text}</span>
              </span>
            );
          case "word":
            return (
              <span key={index} className="w">
                {text}
              </span>
            );
          case "plain":
            return <span key={index}>{text}</span>;
        }
      })}
    </span>
  );
}
