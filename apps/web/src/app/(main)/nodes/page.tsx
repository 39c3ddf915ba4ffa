import { Nodes } from "./nodes.tsx";

export default function NodesPage() {
  return <Nodes />;
}
