/** `namespace/name` in monospace, namespace muted, name in full ink. */
export function ObjectName({ namespace, name }: { readonly namespace?: string | undefined; readonly name: string }) {
  return (
    <span className="mono">
      {namespace !== undefined && <span className="nsn">{namespace}/</span>}
      {name}
    </span>
  );
}

/** From the text `namespace/name` or `name`. */
export function NameOf({ text }: { readonly text: string }) {
  const slash = text.indexOf("/");
  return slash < 0 ? (
    <ObjectName name={text} />
  ) : (
    <ObjectName namespace={text.slice(0, slash)} name={text.slice(slash + 1)} />
  );
}
