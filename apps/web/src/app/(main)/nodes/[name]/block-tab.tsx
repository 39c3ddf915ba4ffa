"use client";
import type { PoolUsageView } from "@percale/api";
import Link from "next/link";
import { Empty } from "../../../../parts/states.tsx";
import { formatShare } from "../../../../words/number.ts";
import { nodeBlocks } from "./view.ts";

/** The blocks that a node gives addresses from, and the addresses that it borrowed. */
export function BlockTab({ node, pools }: { readonly node: string; readonly pools: readonly PoolUsageView[] }) {
  const { own, borrowed } = nodeBlocks(node, pools);
  if (own.length + borrowed.length === 0)
    return (
      <Empty
        title="No block of addresses yet"
        help="The node claims one for the first workload that it gives an address."
      />
    );
  return (
    <>
      <div className="tw">
        <table>
          <thead>
            <tr>
              <th>Block</th>
              <th className="hide-s">Pool</th>
              <th className="num">In use</th>
              <th className="num hide-s">Share</th>
              <th className="num">Lent</th>
            </tr>
          </thead>
          <tbody>
            {own.map((block) => (
              <tr key={block.cidr}>
                <td className="mono">
                  <Link href={blockPath(block.pool, block.cidr)}>{block.cidr}</Link>
                </td>
                <td className="mono muted hide-s">{block.pool}</td>
                <td className="num">
                  {block.used} of {block.size}
                </td>
                <td className="num hide-s">{formatShare(block.used, block.size)}</td>
                <td className="num">{block.owners.filter(({ borrower }) => borrower !== undefined).length}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {borrowed.length > 0 && (
        <section className="tw sect" aria-label="Borrowed addresses">
          <h2 className="h2 pad">Borrowed from other nodes&apos; blocks</h2>
          <table>
            <thead>
              <tr>
                <th>Address</th>
                <th>For</th>
                <th className="hide-s">Block</th>
                <th>Of</th>
              </tr>
            </thead>
            <tbody>
              {borrowed.map((one) => (
                <tr key={one.address}>
                  <td className="mono">{one.address}</td>
                  <td className="mono">{one.owner}</td>
                  <td className="mono hide-s">
                    <Link href={blockPath(one.pool, one.block)}>{one.block}</Link>
                  </td>
                  <td className="mono">
                    {one.lender === undefined ? (
                      <span className="muted">no node</span>
                    ) : (
                      <Link href={`/nodes/${one.lender}`}>{one.lender}</Link>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}

function blockPath(pool: string, cidr: string): string {
  return `/ippools?focus=${encodeURIComponent(pool)}&open=block/${cidr}`;
}
