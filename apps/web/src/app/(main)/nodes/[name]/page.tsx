import { NodePage } from "./node-page.tsx";

export default async function Page({ params }: { readonly params: Promise<{ readonly name: string }> }) {
  const { name } = await params;
  return <NodePage name={decodeURIComponent(name)} />;
}
