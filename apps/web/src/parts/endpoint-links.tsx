import Link from "next/link";
import { formatCount } from "../words/number.ts";
import { ObjectName } from "./object-name.tsx";

/** The first of some endpoints, each leading to its panel, and how many more there are. */
export function EndpointLinks(props: {
  readonly className: string;
  readonly rows: readonly { readonly key: string; readonly namespace: string; readonly name: string }[];
  readonly matched: number;
}) {
  const { className, rows, matched } = props;
  return (
    <>
      <ul className={className}>
        {rows.map(({ key, namespace, name }) => (
          <li key={key}>
            <Link href={`/endpoints?open=workloadendpoints/${key}`}>
              <ObjectName namespace={namespace} name={name} />
            </Link>
          </li>
        ))}
      </ul>
      {matched > rows.length && <p className="muted">And {formatCount(matched - rows.length)} more.</p>}
    </>
  );
}
