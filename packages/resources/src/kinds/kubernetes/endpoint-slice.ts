import { tryParseAddress } from "@percale/net";
import * as z from "zod";
import { ageColumn, cellColumn, column } from "../../columns.ts";
import { defineResource } from "../../define.ts";
import { show } from "../../issue.ts";
import type { FlatObjectOf } from "../../kind.ts";
import { listOf, servicePortName, setOf } from "../../scalars/schemas.ts";
import { objectReference } from "./object-reference.ts";

/** On every slice: the service whose endpoints it lists. */
export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";

const zone = z.strictObject({ name: z.string().meta({ title: "Name", description: "Name of it." }) });
const condition = (title: string, description: string) => z.boolean().meta({ title, description }).optional();

/** Source: kubernetes/api `discovery/v1/types.go`. */
export const EndpointSlice = defineResource({
  kind: "EndpointSlice",
  scope: "Namespaced",
  flat: true,
  description:
    "Addresses and ports behind a service, named by the label kubernetes.io/service-name. A rule's services are matched by all of them, ready or not.",
  traits: { readBy: ["graph", "evaluator"], shared: ["metadata.labels", "addressType", "endpoints", "ports"] },
  columns: [
    column("AddressType", "addressType", "What its addresses are"),
    cellColumn("Ports", "slice.ports", "Ports of every endpoint"),
    cellColumn("Endpoints", "slice.endpoints", "Who is behind the service"),
    ageColumn,
  ],
  laws: [
    "Addresses are of the address type, which cannot change.",
    "A rule's services match every address that is listed, whatever its conditions say.",
  ],
  spec: z.strictObject({
    addressType: z.enum(["IPv4", "IPv6", "FQDN"]).meta({
      title: "Address type",
      description: "What the addresses are. Cannot change. Names (FQDN) take no part in policy.",
    }),
    endpoints: listOf(
      z.strictObject({
        addresses: setOf(z.string(), { min: 1, max: 100 }).meta({
          title: "Addresses",
          description: "Addresses of one endpoint, alike to reach.",
        }),
        conditions: z
          .strictObject({
            ready: condition("Ready", "It takes new traffic."),
            serving: condition("Serving", "It answers, though it may be going."),
            terminating: condition("Terminating", "It is going."),
          })
          .meta({ title: "Conditions", description: "How it is. Policy counts it either way." })
          .optional(),
        hostname: z.string().meta({ title: "Host name", description: "Its host name." }).optional(),
        targetRef: objectReference.meta({ title: "Target", description: "The object that it is, a pod." }).optional(),
        deprecatedTopology: z
          .record(z.string(), z.string())
          .meta({ title: "Old topology", description: "Where it is, as an earlier version said it." })
          .optional(),
        nodeName: z.string().meta({ title: "Node", description: "The node that it is on." }).optional(),
        zone: z.string().meta({ title: "Zone", description: "The zone that it is in." }).optional(),
        hints: z
          .strictObject({
            forZones: listOf(zone).meta({ title: "For zones", description: "Zones that shall use it." }).optional(),
            forNodes: listOf(zone).meta({ title: "For nodes", description: "Nodes that shall use it." }).optional(),
          })
          .meta({ title: "Hints", description: "Who shall use it." })
          .optional(),
      }),
      1000,
    )
      .meta({ title: "Endpoints", description: "Who is behind the service." })
      .default([]),
    ports: listOf(
      z.strictObject({
        name: servicePortName.meta({ title: "Name", description: "What the service calls the port." }).optional(),
        protocol: z
          .enum(["TCP", "UDP", "SCTP"])
          .meta({ title: "Protocol", description: "Its protocol." })
          .default("TCP"),
        port: z
          .int()
          .min(1)
          .max(65535)
          .meta({ title: "Port", description: "Its number. Absent: a rule's services match nothing by it." })
          .optional(),
        appProtocol: z
          .string()
          .meta({ title: "Application protocol", description: "What is spoken there." })
          .optional(),
      }),
      20_000,
    )
      .meta({ title: "Ports", description: "Ports of every endpoint of the slice." })
      .optional(),
  }),
  rules: ({ addressType, endpoints }, report) => {
    if (addressType === "FQDN") return;
    const family = addressType === "IPv4" ? 4 : 6;
    for (const [i, { addresses }] of endpoints.entries())
      for (const [j, address] of addresses.entries())
        if (tryParseAddress(address)?.family !== family)
          report(
            `endpoints[${i}].addresses[${j}]`,
            "FieldValueInvalid",
            `must be an ${addressType} address, got ${show(address)}`,
          );
  },
  transition: (spec, old, report) => {
    if (spec.addressType !== old.addressType)
      report("addressType", "FieldValueInvalid", `cannot change: it is ${old.addressType}, got ${spec.addressType}`);
  },
});
export type EndpointSlice = FlatObjectOf<typeof EndpointSlice>;
