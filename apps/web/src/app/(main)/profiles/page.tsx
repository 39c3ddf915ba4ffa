import { Profiles } from "./profiles.tsx";

export default function ProfilesPage() {
  return <Profiles />;
}
