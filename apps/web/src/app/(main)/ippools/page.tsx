import { Pools } from "./pools.tsx";

export default function PoolsPage() {
  return <Pools />;
}
