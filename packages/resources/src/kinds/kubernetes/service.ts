import { tryParseAddress } from "@percale/net";
import * as z from "zod";
import { ageColumn, cellColumn, column } from "../../columns.ts";
import { defineResource } from "../../define.ts";
import type { ObjectOf } from "../../define.ts";
import { show } from "../../issue.ts";
import { listOf, portNumber, servicePortName } from "../../scalars/schemas.ts";
import { conditionsStatus } from "../conditions.ts";
import { intOrName } from "./int-or-name.ts";

const protocol = z.enum(["TCP", "UDP", "SCTP"]);
const policy = z.enum(["Cluster", "Local"]);

const servicePort = z.strictObject({
  name: servicePortName
    .meta({ title: "Name", description: "Name of the port. Required where there are several." })
    .optional(),
  protocol: protocol.meta({ title: "Protocol", description: "Its protocol." }).default("TCP"),
  appProtocol: z.string().meta({ title: "Application protocol", description: "What is spoken there." }).optional(),
  port: portNumber.meta({ title: "Port", description: "Port of the service." }),
  targetPort: intOrName
    .meta({ title: "Target port", description: "Port of the endpoints, a number or a name. Default: port." })
    .optional(),
  nodePort: z
    .int()
    .min(0)
    .max(65535)
    .meta({ title: "Node port", description: "Port of every node that leads to the service." })
    .optional(),
});

/** Source: kubernetes/api `core/v1/types.go`. */
export const Service = defineResource({
  kind: "Service",
  scope: "Namespaced",
  description:
    "A stable name and address for a set of endpoints, which its EndpointSlices list. A rule's services name it.",
  shortNames: ["svc"],
  laws: [
    "A service has a port unless it is headless or ExternalName; several ports have names, all different.",
    "The name is one DNS label that begins with a letter.",
    "Nothing gives it a cluster IP here; policy looks at its EndpointSlices alone.",
  ],
  statusSubresource: true,
  looks: { searched: true, template: { selector: { app: "web" }, ports: [{ port: 80 }] } },
  columns: [
    column("Type", "spec.type", "How it is reached"),
    cellColumn("Cluster-IP", "service.clusterIP", "Its address within the cluster"),
    cellColumn("External-IP", "service.externalIP", "Its addresses outside"),
    cellColumn("Port(s)", "service.ports", "Its ports"),
    ageColumn,
    { ...cellColumn("Selector", "service.selector", "Labels of the workloads behind it"), priority: 1 },
  ],
  nameFault: (name) =>
    /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)
      ? undefined
      : "must be one DNS label that begins with a letter: at most 63 of a-z, 0-9 and -",
  spec: z.strictObject({
    ports: z
      .array(servicePort)
      .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port", "protocol"] })
      .meta({ "x-kubernetes-patch-merge-key": "port", "x-kubernetes-patch-strategy": "merge" })
      .meta({ title: "Ports", description: "Ports of the service." })
      .optional(),
    selector: z
      .record(z.string(), z.string())
      .meta({ "x-kubernetes-map-type": "atomic" })
      .meta({
        title: "Selector",
        description: "Labels of the workloads behind it. Absent: its EndpointSlices are written by hand.",
      })
      .optional(),
    clusterIP: z
      .string()
      .meta({ title: "Cluster IP", description: "Its address within the cluster, or None for a headless service." })
      .optional(),
    clusterIPs: listOf(z.string())
      .meta({ title: "Cluster IPs", description: "The same by family; the first is clusterIP." })
      .optional(),
    type: z
      .enum(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"])
      .meta({ title: "Type", description: "How it is reached." })
      .default("ClusterIP"),
    externalIPs: listOf(z.string())
      .meta({ title: "External IPs", description: "Addresses outside that lead to it." })
      .optional(),
    sessionAffinity: z
      .enum(["ClientIP", "None"])
      .meta({ title: "Session affinity", description: "ClientIP: a client stays with one endpoint." })
      .default("None"),
    loadBalancerIP: z
      .string()
      .meta({ title: "Load balancer IP", description: "The address that is asked for. Deprecated." })
      .optional(),
    loadBalancerSourceRanges: listOf(z.string())
      .meta({ title: "Load balancer sources", description: "Clients that the load balancer lets in." })
      .optional(),
    externalName: z
      .string()
      .meta({ title: "External name", description: "Of type ExternalName: the name that it stands for." })
      .optional(),
    externalTrafficPolicy: policy
      .meta({ title: "External traffic", description: "Local: only endpoints of the node that the packet came to." })
      .optional(),
    healthCheckNodePort: z
      .int()
      .min(0)
      .max(65535)
      .meta({ title: "Health check port", description: "Where nodes say whether they have endpoints of it." })
      .optional(),
    publishNotReadyAddresses: z
      .boolean()
      .meta({ title: "Publish what is not ready", description: "Names lead to endpoints that are not ready too." })
      .optional(),
    sessionAffinityConfig: z
      .strictObject({
        clientIP: z
          .strictObject({
            timeoutSeconds: z
              .int()
              .min(1)
              .max(86_400)
              .meta({ title: "Timeout", description: "How long a client stays with its endpoint, in seconds." })
              .optional(),
          })
          .meta({ title: "By client address", description: "Settings of affinity by client address." })
          .optional(),
      })
      .meta({ title: "Session affinity settings", description: "Settings of session affinity." })
      .optional(),
    ipFamilies: listOf(z.enum(["IPv4", "IPv6"]))
      .meta({ title: "IP families", description: "Families of its addresses, the first one's first." })
      .optional(),
    ipFamilyPolicy: z
      .enum(["SingleStack", "PreferDualStack", "RequireDualStack"])
      .meta({ title: "IP family policy", description: "Whether it has addresses of both families." })
      .optional(),
    allocateLoadBalancerNodePorts: z
      .boolean()
      .meta({ title: "Node ports of load balancers", description: "Whether a load balancer gets node ports." })
      .optional(),
    loadBalancerClass: z
      .string()
      .meta({ title: "Load balancer class", description: "Which load balancer serves it." })
      .optional(),
    internalTrafficPolicy: policy
      .meta({ title: "Internal traffic", description: "Local: only endpoints of the node that asks." })
      .optional(),
    trafficDistribution: z
      .string()
      .meta({ title: "Traffic distribution", description: "Which endpoints are preferred." })
      .optional(),
  }),
  status: z.strictObject({
    loadBalancer: z
      .strictObject({
        ingress: listOf(
          z.strictObject({
            ip: z.string().meta({ title: "IP", description: "Its address." }).optional(),
            hostname: z.string().meta({ title: "Host name", description: "Its name." }).optional(),
            ipMode: z.string().meta({ title: "IP mode", description: "How packets to it arrive." }).optional(),
            ports: listOf(
              z.strictObject({
                port: z.int().meta({ title: "Port", description: "The port." }),
                protocol: protocol.meta({ title: "Protocol", description: "Its protocol." }),
                error: z.string().meta({ title: "Error", description: "What is wrong with it." }).optional(),
              }),
            )
              .meta({ title: "Ports", description: "How its ports are." })
              .optional(),
          }),
        )
          .meta({ title: "Ingress points", description: "Where the load balancer takes packets." })
          .optional(),
      })
      .meta({ title: "Load balancer", description: "What the load balancer has." })
      .optional(),
    conditions: conditionsStatus.shape.conditions,
  }),
  complete: ({ spec }) => {
    for (const port of spec.ports ?? []) port.targetPort ??= port.port;
    if (spec.type !== "ExternalName") spec.internalTrafficPolicy ??= "Cluster";
    if (spec.type === "NodePort" || spec.type === "LoadBalancer") spec.externalTrafficPolicy ??= "Cluster";
    if (spec.clusterIP !== undefined) spec.clusterIPs ??= [spec.clusterIP];
  },
  rules: (spec, report) => {
    const { ports = [], type } = spec;
    if (ports.length === 0 && type !== "ExternalName" && spec.clusterIP !== "None")
      report("spec.ports", "FieldValueRequired", "must have a port, unless the service is headless or ExternalName");
    if (type === "ExternalName" && spec.externalName === undefined)
      report("spec.externalName", "FieldValueRequired", "is required with type ExternalName");
    const names = new Set<string>();
    const taken = new Set<string>();
    for (const [i, { name, port, protocol: of }] of ports.entries()) {
      if (ports.length > 1 && name === undefined)
        report(`spec.ports[${i}].name`, "FieldValueRequired", "is required where there are several ports");
      if (name !== undefined && names.has(name))
        report(`spec.ports[${i}].name`, "FieldValueDuplicate", `must not repeat, got ${show(name)} twice`);
      if (taken.has(`${of} ${port}`))
        report(`spec.ports[${i}]`, "FieldValueDuplicate", `must not repeat port and protocol, got ${port} ${of} twice`);
      if (name !== undefined) names.add(name);
      taken.add(`${of} ${port}`);
    }
    for (const [i, address] of (spec.externalIPs ?? []).entries())
      if (tryParseAddress(address) === undefined)
        report(`spec.externalIPs[${i}]`, "FieldValueInvalid", `must be an IP address, got ${show(address)}`);
    const { clusterIP } = spec;
    if (clusterIP !== undefined && clusterIP !== "None" && tryParseAddress(clusterIP) === undefined)
      report("spec.clusterIP", "FieldValueInvalid", `must be an IP address or None, got ${show(clusterIP)}`);
  },
});
export type Service = ObjectOf<typeof Service>;
