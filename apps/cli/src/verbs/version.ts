import { VERSION } from "@percale/protocol";
import type { KubeObject } from "@percale/resources";
import { ExitError } from "../exit-error.ts";
import type { Access } from "../rest/client.ts";
import { call, send } from "../rest/client.ts";
import { OUR_ROOT } from "../rest/kinds.ts";

const CLUSTER = `${OUR_ROOT}/clusterinformations/default`;

interface ClusterVersion {
  readonly calicoVersion?: string;
  readonly clusterType?: string;
}

export async function clusterVersion(access: Access): Promise<string> {
  const { spec } = (await call(access, "GET", CLUSTER)) as KubeObject<ClusterVersion>;
  return `Cluster Version:   ${spec.calicoVersion || "unknown"}\nCluster Type:      ${spec.clusterType || "unknown"}\n`;
}

/** Throws ExitError where the server is of another version than this command; what cannot be known is no reason. */
export async function refuseOtherVersion(access: Access): Promise<void> {
  const stored = await send(access, "GET", CLUSTER).catch(() => undefined);
  if (stored === undefined || stored.status >= 400) return;
  const { calicoVersion = "" } = (stored.body as KubeObject<ClusterVersion>).spec;
  const [own, its] = [plain(VERSION), plain(calicoVersion)];
  if (its === "" || own === its) return;
  throw new ExitError(
    `Version mismatch.\nClient Version:   ${VERSION}\nCluster Version:  ${calicoVersion}\nUse --allow-version-mismatch to override.`,
  );
}

/** Without `v` in front and what follows the first dash. */
function plain(version: string): string {
  return version.replace(/^v/, "").split("-")[0]!;
}
