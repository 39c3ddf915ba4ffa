/** What a person may say about where the server is and who asks: calicoctl's words, and ours before them. */
import { readFileSync } from "node:fs";
import { didYouMean } from "@percale/daemon";
import { ExitError } from "../exit-error.ts";

/** calicoctl's fields, each with the variable that says the same. Source: projectcalico/calico `libcalico-go/lib/apiconfig/apiconfig.go`. */
const VARIABLES = {
  datastoreType: "DATASTORE_TYPE",
  etcdEndpoints: "ETCD_ENDPOINTS",
  etcdDiscoverySrv: "ETCD_DISCOVERY_SRV",
  etcdUsername: "ETCD_USERNAME",
  etcdPassword: "ETCD_PASSWORD",
  etcdKeyFile: "ETCD_KEY_FILE",
  etcdCertFile: "ETCD_CERT_FILE",
  etcdCACertFile: "ETCD_CA_CERT_FILE",
  etcdKey: undefined,
  etcdCert: undefined,
  etcdCACert: undefined,
  kubeconfig: "KUBECONFIG",
  kubeconfigInline: undefined,
  k8sAPIEndpoint: "K8S_API_ENDPOINT",
  k8sKeyFile: "K8S_KEY_FILE",
  k8sCertFile: "K8S_CERT_FILE",
  k8sCAFile: "K8S_CA_FILE",
  k8sAPIToken: undefined,
  k8sInsecureSkipTLSVerify: "K8S_INSECURE_SKIP_TLS_VERIFY",
  k8sDisableNodePoll: "K8S_DISABLE_NODE_POLL",
  usePodCIDR: "USE_POD_CIDR",
  k8sClientQPS: "K8S_CLIENT_QPS",
  k8sClientBurst: "K8S_CLIENT_BURST",
  k8sCurrentContext: "K8S_CURRENT_CONTEXT",
  calicoAPIGroup: "CALICO_API_GROUP",
} as const satisfies Readonly<Record<string, string | undefined>>;

type Field = keyof typeof VARIABLES;

/** What is said of a server; texts, as variables have them. */
export interface Settings {
  readonly server?: string;
  readonly kubeconfig?: string;
  readonly kubeconfigInline?: string;
  readonly context?: string;
  readonly token?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly insecure?: boolean;
  /** It is said that the data is in etcd, which is nobody's to ask but a server's. */
  readonly etcd?: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Our own variables: they say more than any other. */
export function ourSettings(env: Env): Settings {
  const token = env["PERCALE_TOKEN"] ?? tokenIn(env["PERCALE_TOKEN_FILE"]);
  return given({
    server: env["PERCALE_SERVER"],
    kubeconfig: env["PERCALE_KUBECONFIG"],
    context: env["PERCALE_CONTEXT"],
    token,
    caFile: env["PERCALE_CA_FILE"],
    certFile: env["PERCALE_CERT_FILE"],
    keyFile: env["PERCALE_KEY_FILE"],
    insecure: isTrue(env["PERCALE_INSECURE"]),
  });
}

/** calicoctl's variables, with and without `CALICO_`. */
export function calicoSettings(env: Env): Settings {
  const said: Partial<Record<Field, string>> = {};
  for (const [field, name] of Object.entries(VARIABLES) as [Field, string | undefined][]) {
    const value = name === undefined ? undefined : (env[`CALICO_${name}`] ?? env[name]);
    if (value !== undefined && value !== "") said[field] = value;
  }
  return settingsOf(said);
}

/** calicoctl's file, as its YAML reads. Throws ExitError where it is none. */
export function fileSettings(value: unknown, path: string): Settings {
  const { kind, apiVersion, metadata: _, spec = {}, ...rest } = record(value, path, "the file");
  if (kind !== "CalicoAPIConfig" || apiVersion !== "projectcalico.org/v3")
    throw new ExitError(
      `${path}: must be a CalicoAPIConfig of projectcalico.org/v3, got ${JSON.stringify(kind)} of ${JSON.stringify(apiVersion)}`,
    );
  refuseUnknown(Object.keys(rest), ["kind", "apiVersion", "metadata", "spec"], path);
  const { server, ...fields } = record(spec, path, "spec");
  refuseUnknown(
    Object.keys(fields).filter((name) => !Object.hasOwn(VARIABLES, name)),
    ["server", ...Object.keys(VARIABLES)],
    path,
  );
  const texts = Object.entries(fields).map(([name, held]) => [name, String(held)]);
  const said = settingsOf(Object.fromEntries(texts) as Partial<Record<Field, string>>); // the names were just looked at
  return typeof server === "string" ? { ...said, server } : said;
}

function settingsOf(said: Partial<Record<Field, string>>): Settings {
  const isEtcd =
    said.datastoreType === "etcdv3" ||
    (said.datastoreType === undefined && (said.etcdEndpoints ?? said.etcdDiscoverySrv) !== undefined);
  return given({
    server: said.k8sAPIEndpoint,
    kubeconfig: said.kubeconfig,
    kubeconfigInline: said.kubeconfigInline,
    context: said.k8sCurrentContext,
    token: said.k8sAPIToken,
    caFile: said.k8sCAFile,
    certFile: said.k8sCertFile,
    keyFile: said.k8sKeyFile,
    insecure: isTrue(said.k8sInsecureSkipTLSVerify),
    etcd: isEtcd ? true : undefined,
  });
}

function given(settings: { readonly [K in keyof Settings]: Settings[K] | undefined }): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined && value !== ""));
}

/** As Go's strconv has it. */
function isTrue(text: string | undefined): true | undefined {
  return /^(1|t|true)$/i.test(text ?? "") ? true : undefined;
}

function tokenIn(path: string | undefined): string | undefined {
  return path === undefined || path === "" ? undefined : readFile(path).trim();
}

/** Throws ExitError. */
export function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ExitError(`cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function record(value: unknown, path: string, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new ExitError(`${path}: ${what} must be an object, got ${JSON.stringify(value) ?? "nothing"}`);
}

function refuseUnknown(unknown: readonly string[], known: readonly string[], path: string): void {
  const [name] = unknown;
  if (name !== undefined)
    throw new ExitError(`${path}: there is no field ${name}; there are ${known.join(", ")}${didYouMean(name, known)}`);
}
