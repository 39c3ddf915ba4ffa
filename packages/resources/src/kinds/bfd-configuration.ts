import * as z from "zod";
import { defineResource } from "../define.ts";
import type { ObjectOf } from "../define.ts";
import { durationWithin, selector, text } from "../scalars/schemas.ts";

const interval = durationWithin("1ms", "1h", "BFD counts time in microseconds of 32 bits, and slower finds nothing");

/** As Calico Enterprise documents it, so that its manifests apply: open-source Calico has none. */
export const BFDConfiguration = defineResource({
  kind: "BFDConfiguration",
  scope: "Cluster",
  description:
    "How fast nodes notice that a BGP peer is gone (RFC 5880), where a peer asks for it by failureDetectionMode. Stored; no session uses it in this version.",
  shortNames: ["bfdconfig", "bfdconfigs"],
  looks: { icon: "bgp", page: "bgp", template: { nodeSelector: "all()", interfaces: [{ matchPattern: "eth*" }] } },
  spec: z.strictObject({
    nodeSelector: selector
      .meta({ title: "Nodes", description: "Nodes that go by it, by label. Empty: all." })
      .optional(),
    interfaces: z
      .array(
        z.strictObject({
          matchPattern: text((value) =>
            /^[a-zA-Z0-9_.*-]{1,15}$/.test(value) ? undefined : "must be an interface name, * matching any part",
          ).meta({ title: "Interfaces", description: "Names of interfaces; * matches any part." }),
          minimumRecvInterval: interval
            .meta({ title: "Receive interval", description: "Shortest time between packets that it takes." })
            .default("10ms"),
          minimumSendInterval: interval
            .meta({ title: "Send interval", description: "Shortest time between packets that it sends." })
            .default("100ms"),
          idleSendInterval: interval
            .meta({ title: "Idle send interval", description: "Time between packets while the session is down." })
            .default("1m0s"),
          multiplier: z
            .int()
            .min(1)
            .max(255)
            .meta({ title: "Multiplier", description: "So many missed packets mean that the peer is gone." })
            .default(5),
        }),
      )
      .meta({ title: "Interfaces", description: "Settings by interface; the first that matches counts." })
      .optional(),
  }),
});
export type BFDConfiguration = ObjectOf<typeof BFDConfiguration>;
