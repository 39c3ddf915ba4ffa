import { Endpoints } from "./endpoints.tsx";

export default function EndpointsPage() {
  return <Endpoints />;
}
