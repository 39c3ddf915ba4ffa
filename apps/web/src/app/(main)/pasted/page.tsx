import { PastedPage } from "./pasted-page.tsx";

export default function Page() {
  return <PastedPage />;
}
