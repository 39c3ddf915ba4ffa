import { NewPage } from "./new-page.tsx";

export default async function Page({ params }: { readonly params: Promise<{ readonly plural: string }> }) {
  const { plural } = await params;
  return <NewPage plural={plural} />;
}
