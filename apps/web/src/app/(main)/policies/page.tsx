import { Policies } from "./policies.tsx";

export default function PoliciesPage() {
  return <Policies />;
}
