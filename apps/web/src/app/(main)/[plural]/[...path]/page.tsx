import { ObjectPage } from "./object-page.tsx";

export default async function Page({
  params,
}: {
  readonly params: Promise<{ readonly plural: string; readonly path: string[] }>;
}) {
  const { plural, path } = await params;
  return <ObjectPage plural={plural} path={path.map(decodeURIComponent)} />;
}
