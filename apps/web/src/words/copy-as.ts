import { definitionOf, type ObjectRef } from "@percale/resources/catalog";

/** Ways to take an object along as text. */
export const COPY_AS = ["YAML", "kubectl apply", "percale apply", "curl"] as const;
export type CopyAs = (typeof COPY_AS)[number];

/** What stands on the clipboard: the manifest, or a command that writes it as it stands. */
export function copyText(as: CopyAs, ref: ObjectRef, manifest: string): string {
  switch (as) {
    case "YAML":
      return manifest;
    case "kubectl apply":
      return hereDocument("kubectl apply -f -", manifest);
    case "percale apply":
      return hereDocument("percale apply -f -", manifest);
    case "curl":
      return hereDocument(
        [
          "curl --fail-with-body -X PUT --cacert .percale/pki/ca.crt",
          '-H "Authorization: Bearer $TOKEN" -H "Content-Type: application/yaml"',
          `--data-binary @- "$PERCALE_API${restPath(ref)}"`,
        ].join(" \\\n  "),
        manifest,
      );
  }
}

/** Where REST has the object: `/apis/projectcalico.org/v3/namespaces/shop/networkpolicies/allow-web`. */
export function restPath({ kind, namespace, name }: ObjectRef): string {
  const definition = definitionOf(kind);
  const { apiVersion = "", servedPlural = "" } = definition ?? {};
  const root = definition?.group === "" ? "/api" : "/apis";
  return `${root}/${apiVersion}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${servedPlural}/${encodeURIComponent(name)}`;
}

/** A name that is one on every system. */
export function fileName({ kind, namespace, name }: ObjectRef): string {
  const parts = [kind.toLowerCase(), namespace, name].filter((part) => part !== undefined);
  return `${parts.join("-").replaceAll(/[^a-zA-Z0-9._-]+/g, "_")}.yaml`;
}

/** The text as the command's input, word for word: its end is a line that the text does not have. */
function hereDocument(command: string, text: string): string {
  const lines = new Set(text.split("\n"));
  let end = "EOF";
  while (lines.has(end)) end += "_";
  return `${command} <<'${end}'\n${text.endsWith("\n") ? text : `${text}\n`}${end}\n`;
}
