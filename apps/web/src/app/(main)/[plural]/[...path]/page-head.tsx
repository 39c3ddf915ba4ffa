import type { KubeObject, ObjectRef } from "@percale/resources/catalog";
import { Age } from "../../../../parts/age.tsx";
import { Icon } from "../../../../parts/icon.tsx";
import { iconOf } from "../../../../parts/kind-icon.ts";
import { ObjectBadges } from "../../../../parts/object-badges.tsx";
import { ObjectMenu } from "../../../../parts/object-menu.tsx";
import { ObjectName } from "../../../../parts/object-name.tsx";

/** Which object it is, what one should know of it, and what may be done with it. */
export function PageHead(props: {
  readonly openRef: ObjectRef;
  readonly object: KubeObject;
  readonly onTab: (tab: "form" | "history") => void;
  readonly onDeleted: () => void;
}) {
  const { openRef, object } = props;
  return (
    <div className="rowb wrap obj-head">
      <Icon name={iconOf(openRef.kind)} />
      <span className="obj-name">
        <ObjectName namespace={openRef.namespace} name={openRef.name} />
      </span>
      <span className="badge">{openRef.kind}</span>
      <ObjectBadges object={object} />
      <span className="muted">
        created <Age at={object.metadata.creationTimestamp} ago /> · revision {object.metadata.resourceVersion}
      </span>
      <span className="right">
        <ObjectMenu openRef={openRef} object={object} onTab={props.onTab} onDeleted={props.onDeleted} />
      </span>
    </div>
  );
}
