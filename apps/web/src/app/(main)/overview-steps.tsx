import Link from "next/link";
import type { ReactNode } from "react";
import { SeverityMark } from "../../parts/severity.tsx";
import type { Step } from "./overview-view.ts";

/** How each is done, by its place. */
const WAYS: readonly ReactNode[] = [
  <>
    Start the agent on a machine, or bring up three with <span className="mono">npx percale lab up</span>: namespaces of
    this machine, nothing else is touched.
  </>,
  <>
    Workloads get their addresses from it.{" "}
    <Link className="link" href="/ippools?new=ippools">
      Make a pool
    </Link>
  </>,
  <>The CNI plugin attaches it as its container starts; the lab brings a shop of eight.</>,
  <>
    Until then each may reach each.{" "}
    <Link className="link" href="/new/networkpolicies">
      Begin with a template
    </Link>
  </>,
];

/** What a new network still needs, all of it at once; only the next step is lit. */
export function FirstSteps({ steps }: { readonly steps: readonly Step[] }) {
  const next = steps.findIndex(({ isDone }) => !isDone);
  return (
    <section className="card steps" aria-label="First steps">
      <div className="ch">
        <h2 className="h2">First steps</h2>
        <span className="muted">
          {steps.filter(({ isDone }) => isDone).length} of {steps.length} done
        </span>
      </div>
      <ol>
        {steps.map(({ title, isDone }, index) => (
          <li key={title} aria-current={index === next ? "step" : undefined}>
            {isDone ? <SeverityMark severity="ok" /> : <span className="no">{index + 1}</span>}
            <div>
              <b className="med">{title}</b>
              {!isDone && <p className="muted sm">{WAYS[index]}</p>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}
