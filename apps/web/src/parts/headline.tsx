import type { ReactNode } from "react";
import { type Severity, SeverityMark } from "./severity.tsx";
import "../styles/headline.css";

/** How things stand on a page, in one sentence with its mark; below it what it is about, beside it of when. */
export function Headline(props: {
  readonly severity: Severity;
  readonly text: string;
  readonly rest: ReactNode;
  readonly end?: ReactNode;
}) {
  return (
    <div className="verdict">
      <div>
        <p className="vh1">
          <SeverityMark severity={props.severity} /> {props.text}
        </p>
        <p className="muted vsub">{props.rest}</p>
      </div>
      {props.end !== undefined && (
        <span className="muted nowrap" suppressHydrationWarning>
          {props.end}
        </span>
      )}
    </div>
  );
}
