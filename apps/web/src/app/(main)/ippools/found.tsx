"use client";
import Link from "next/link";
import { type Place, sayPlace } from "../../../ipam/place.ts";
import { Icon } from "../../../parts/icon.tsx";
import { NameOf } from "../../../parts/object-name.tsx";
import { useUrlState } from "../../../parts/url-state.ts";
import { type Endpoint, endpointText } from "../../../policy/endpoint.ts";

/** Whose the address is that was looked for; where it lies, one click away. */
export function Found({ place, endpoints }: { readonly place: Place; readonly endpoints: readonly Endpoint[] }) {
  const url = useUrlState();
  const { address, pool, block } = place;
  const owners = endpoints.filter(({ addresses }) => addresses.includes(address));
  return (
    <div className="found" role="status">
      <span className="mono strong">{address}</span>
      {owners.length === 0 ? (
        <span>{sayPlace(place)}</span>
      ) : (
        owners.map((endpoint) => (
          <span key={endpoint.key}>
            <Link className="link" href={`/endpoints?open=workloadendpoints/${endpoint.key}`}>
              <NameOf text={endpointText(endpoint)} />
            </Link>{" "}
            on{" "}
            <Link className="link mono" href={`/nodes/${endpoint.node}`}>
              {endpoint.node}
            </Link>
          </span>
        ))
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
