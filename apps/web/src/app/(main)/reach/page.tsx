import { Reach } from "./reach.tsx";

export default function ReachPage() {
  return <Reach />;
}
