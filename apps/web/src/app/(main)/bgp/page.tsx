import { Bgp } from "./bgp.tsx";

export default function BgpPage() {
  return <Bgp />;
}
