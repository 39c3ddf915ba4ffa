"use client";
import Link from "next/link";
import { useNamedEndpoint } from "../../../live/endpoint-list.ts";
import { type Place, sayPlace } from "../../../ipam/place.ts";
import { Icon } from "../../../parts/icon.tsx";
import { ObjectName } from "../../../parts/object-name.tsx";
import { useUrlState } from "../../../parts/url-state.ts";

/** Whose the address is that was looked for; where it lies, one click away. */
export function Found({ place }: { readonly place: Place }) {
  const url = useUrlState();
  const { address, pool, block } = place;
  const { found } = useNamedEndpoint(address);
  return (
    <div className="found" role="status">
      <span className="mono strong">{address}</span>
      {found == null ? (
        <span>{sayPlace(place)}</span>
      ) : (
        <span>
          <Link className="link" href={`/endpoints?open=workloadendpoints/${found.row.key}`}>
            <ObjectName namespace={found.row.namespace} name={found.row.name} />
          </Link>{" "}
          on{" "}
          <Link className="link mono" href={`/nodes/${found.row.node}`}>
            {found.row.node}
          </Link>
        </span>
      )}
      {pool !== undefined && (
        <span className="muted">
          pool <span className="mono">{pool.name}</span>
          {block === undefined && ", in no block yet"}
        </span>
      )}
      {block !== undefined && (
        <button
          type="button"
          className="link"
          onClick={() => url.set({ open: `block/${block.cidr}`, new: undefined }, "push")}
        >
          Open block <span className="mono">{block.cidr}</span>
        </button>
      )}
      <Link className="btn right" href={`/reach?dst=${address}`}>
        <Icon name="reach" />
        Reach to it
      </Link>
    </div>
  );
}
