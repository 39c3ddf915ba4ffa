import type { KubeObject, ObjectRef } from "@percale/resources/catalog";
import { Age } from "../../../../parts/age.tsx";
import { Icon } from "../../../../parts/icon.tsx";
import { iconOf } from "../../../../parts/kind-icon.ts";
import { isProgrammed, Programmed } from "../../../../parts/programmed.tsx";
import { ObjectName } from "../../../../parts/object-name.tsx";
import { WriteButton } from "../../../../parts/write-button.tsx";

export function PageHead({
  openRef,
  object,
  onDelete,
}: {
  readonly openRef: ObjectRef;
  readonly object: KubeObject;
  readonly onDelete?: () => void;
}) {
  return (
    <div className="rowb wrap obj-head">
      <Icon name={iconOf(openRef.kind)} />
      <span className="obj-name">
        <ObjectName namespace={openRef.namespace} name={openRef.name} />
      </span>
      <span className="badge">{openRef.kind}</span>
      {isProgrammed(openRef.kind) && <Programmed of={object} />}
      <span className="muted">
        created <Age at={object.metadata.creationTimestamp} ago /> · revision {object.metadata.resourceVersion}
      </span>
      {onDelete !== undefined && (
        <WriteButton className="btn dan right" onClick={onDelete}>
          Delete
        </WriteButton>
      )}
    </div>
  );
}
