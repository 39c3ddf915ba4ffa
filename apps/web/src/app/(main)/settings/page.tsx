import { Settings } from "./settings.tsx";

export default function SettingsPage() {
  return <Settings />;
}
