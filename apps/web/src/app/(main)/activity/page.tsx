import { ActivityLog } from "./activity-log.tsx";

export default function ActivityPage() {
  return <ActivityLog />;
}
