import { NetworkSets } from "../network-sets/network-sets.tsx";

export default function NetworkSetsPage() {
  return <NetworkSets />;
}
