import { NetworkSets } from "../network-sets/network-sets.tsx";

export default function GlobalNetworkSetsPage() {
  return <NetworkSets />;
}
