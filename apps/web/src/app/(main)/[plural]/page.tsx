import { KindList } from "./kind-list.tsx";

export default async function KindPage({ params }: { readonly params: Promise<{ readonly plural: string }> }) {
  const { plural } = await params;
  return <KindList plural={plural} />;
}
