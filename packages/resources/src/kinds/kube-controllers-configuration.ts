import * as z from "zod";
import { defineResource } from "../define.ts";
import type { Immutable, ObjectOf } from "../define.ts";
import { show } from "../issue.ts";
import type { Report } from "../issue.ts";
import { checkAnnotations, checkLabels } from "../metadata.ts";
import { cidr, duration, name, regexp, selector, setOf } from "../scalars/schemas.ts";
import { onlyDefault } from "./cluster-information.ts";

const onOff = z.enum(["Enabled", "Disabled"]);
const anyPort = z.int().min(0).max(65535);

const template = z.strictObject({
  generateName: name.meta({
    title: "Name",
    description: "What names of the host endpoints begin with, before the node's. Unlike any other template's.",
  }),
  interfaceCIDRs: setOf(cidr)
    .meta({ title: "Interface CIDRs", description: "Addresses of the node that the host endpoint has as expectedIPs." })
    .optional(),
  interfacePattern: regexp
    .meta({
      title: "Interface pattern",
      description: "Interfaces that get a host endpoint each, as a regular expression.",
    })
    .optional(),
  labels: z
    .record(z.string(), z.string())
    .meta({ title: "Labels", description: "Labels of the host endpoints, beside the node's." })
    .optional(),
  annotations: z
    .record(z.string(), z.string())
    .meta({ title: "Annotations", description: "Annotations of the host endpoints." })
    .optional(),
  nodeSelector: selector.meta({ title: "Nodes", description: "Nodes that get them, by label. Empty: all." }).optional(),
});

const reconcilerPeriod = duration
  .meta({ title: "Reconciliation period", description: "Time between two looks at everything. Default: 5m0s." })
  .optional();
const followed = (title: string, what: string) =>
  z
    .strictObject({ reconcilerPeriod })
    .meta({ title, description: `Copies ${what} of Kubernetes into another datastore. Absent: off.` })
    .optional();

const spec = z.strictObject({
  logSeverityScreen: z
    .enum(["None", "Debug", "Info", "Warning", "Error", "Fatal", "Panic"])
    .meta({ title: "Log level", description: "How much is logged. Default: Info." })
    .optional(),
  healthChecks: onOff
    .meta({ title: "Health checks", description: "Whether the controllers say how they are. Default: Enabled." })
    .optional(),
  etcdV3CompactionPeriod: duration
    .meta({
      title: "Compaction period of etcd",
      description: "Time between compactions of etcd; 0 never. Default: 10m0s.",
    })
    .optional(),
  prometheusMetricsPort: anyPort
    .meta({ title: "Prometheus metrics port", description: "Where metrics are served; 0 nowhere." })
    .default(9094),
  debugProfilePort: anyPort
    .meta({ title: "Profiling port", description: "Where profiles are served; absent or 0: nowhere." })
    .optional(),
  controllers: z
    .strictObject({
      node: z
        .strictObject({
          reconcilerPeriod,
          syncLabels: onOff
            .meta({
              title: "Copy labels",
              description: "Whether nodes have the labels that Kubernetes has. Default: Enabled.",
            })
            .optional(),
          leakGracePeriod: duration
            .meta({
              title: "Leak grace period",
              description: "How long an address may seem to be nobody's before it is taken back; 0 never is.",
            })
            .default("15m0s"),
          hostEndpoint: z
            .strictObject({
              autoCreate: onOff
                .meta({ title: "Make host endpoints", description: "Whether every node gets them. Default: Disabled." })
                .optional(),
              createDefaultHostEndpoint: onOff
                .meta({
                  title: "Make the one for all interfaces",
                  description: "Whether there is one for all interfaces, beside those of templates. Default: Enabled.",
                })
                .optional(),
              templates: z
                .array(template)
                .meta({ title: "Templates", description: "Further host endpoints for every node." })
                .optional(),
            })
            .meta({ title: "Host endpoints", description: "Host endpoints that are made for nodes." })
            .optional(),
        })
        .meta({
          title: "Nodes",
          description: "Cleans up after nodes that are gone, and makes host endpoints. Absent: off.",
        })
        .optional(),
      policy: followed("Policies", "network policies"),
      workloadEndpoint: followed("Workload endpoints", "pods' labels"),
      serviceAccount: followed("Service accounts", "service accounts"),
      namespace: followed("Namespaces", "namespaces"),
      loadBalancer: z
        .strictObject({
          assignIPs: z
            .enum(["AllServices", "RequestedServicesOnly"])
            .meta({ title: "Assign IPs", description: "Which services get an address. Default: AllServices." })
            .optional(),
        })
        .meta({ title: "Load balancer", description: "Gives services of type LoadBalancer addresses. Absent: off." })
        .optional(),
      migration: z
        .strictObject({
          policyNameMigrator: onOff
            .meta({
              title: "Rename policies",
              description: "Whether old names with a tier are made new ones. Default: Enabled.",
            })
            .optional(),
        })
        .meta({ title: "Migration", description: "Brings old objects up to date. Absent: off." })
        .optional(),
    })
    .meta({ title: "Controllers", description: "The controllers that run; one that is absent does not." }),
});
type Templates = NonNullable<
  NonNullable<NonNullable<Immutable<z.output<typeof spec>>["controllers"]["node"]>["hostEndpoint"]>["templates"]
>;

/** Source: projectcalico/calico `api/pkg/apis/projectcalico/v3/kubecontrollersconfig.go`. */
export const KubeControllersConfiguration = defineResource({
  kind: "KubeControllersConfiguration",
  scope: "Cluster",
  description:
    "Settings of Calico's controllers of Kubernetes objects: there is one, named default. Stored and checked; no controller of this version reads it.",
  shortNames: ["kcconfig", "kcc", "kccs"],
  traits: { aliases: ["kubecontrollersconfig", "kubecontrollersconfigs"] },
  words: { one: "kube-controllers configuration", many: "kube-controllers configurations" },
  looks: { page: "settings", template: { controllers: { node: { hostEndpoint: { autoCreate: "Disabled" } } } } },
  laws: [
    "There is one, named default.",
    "A template has interfaceCIDRs or an interfacePattern, and a name unlike any other's.",
  ],
  statusSubresource: true,
  nameFault: onlyDefault,
  spec,
  status: z.strictObject({
    runningConfig: spec
      .meta({ title: "Running settings", description: "What holds once environment variables are counted in." })
      .optional(),
    environmentVars: z
      .record(z.string(), z.string())
      .meta({ title: "Environment variables", description: "Those that mattered." })
      .optional(),
  }),
  rules: ({ controllers }, report) => checkTemplates(controllers.node?.hostEndpoint?.templates ?? [], report),
});
export type KubeControllersConfiguration = ObjectOf<typeof KubeControllersConfiguration>;

function checkTemplates(templates: Templates, report: Report): void {
  const names = new Set<string>();
  for (const [i, { generateName, interfaceCIDRs = [], interfacePattern, labels, annotations }] of templates.entries()) {
    const at = `spec.controllers.node.hostEndpoint.templates[${i}]`;
    if (names.has(generateName))
      report(`${at}.generateName`, "FieldValueInvalid", `must not repeat, got ${show(generateName)} twice`);
    names.add(generateName);
    if (interfaceCIDRs.length === 0 && interfacePattern === undefined)
      report(at, "FieldValueInvalid", "must have interfaceCIDRs or interfacePattern, or both");
    if (labels !== undefined) checkLabels(labels, `${at}.labels`, report);
    if (annotations !== undefined) checkAnnotations(annotations, `${at}.annotations`, report);
  }
}
