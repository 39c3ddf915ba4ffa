"use client";
import { Age } from "../../../parts/age.tsx";
import { NameOf } from "../../../parts/object-name.tsx";
import { type Cell, cellWords } from "./view.ts";

/** What is known of the cell that is looked at, in the place of a tooltip. */
export function CellLine({ cell }: { readonly cell: Cell | undefined }) {
  if (cell === undefined)
    return <p className="tfoot mx-line">Point at a cell for what is known of it. It opens Reach.</p>;
  const { source, destination, protocol, port, at, flippedAt, decidedBy } = cell;
  return (
    <p className="tfoot mx-line">
      <span className="text">
        <NameOf text={source} /> → <NameOf text={destination} /> {protocol} {port}
      </span>
      <span className={cell.differs ? "warn" : undefined}>{cellWords(cell)}</span>
      {decidedBy !== undefined && <span className="ell">{decidedBy}</span>}
      <span className="right nowrap">
        {at !== undefined && (
          <>
            probed <Age at={at} ago />
          </>
        )}
        {flippedAt !== undefined && (
          <>
            , changed <Age at={flippedAt} ago />
          </>
        )}
      </span>
    </p>
  );
}
