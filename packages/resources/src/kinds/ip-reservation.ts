import * as z from "zod";
import { column, ageColumn } from "../columns.ts";
import { defineResource } from "../define.ts";
import type { ObjectOf } from "../define.ts";
import { cidr, setOf } from "../scalars/schemas.ts";

/** Source: projectcalico/calico `api/pkg/apis/projectcalico/v3/ipreservation.go`. */
export const IPReservation = defineResource({
  kind: "IPReservation",
  scope: "Cluster",
  description: "Addresses that nobody is given automatically. Those in use stay, and who asks for one by name gets it.",
  traits: { readBy: ["ipam"], shared: ["spec"], aliases: ["reservation", "reservations"] },
  looks: {
    icon: "pools",
    searched: true,
    menu: { group: "Network", title: "IP reservations", icon: "pools" },
    template: { reservedCIDRs: ["10.244.0.0/28"] },
  },
  columns: [{ ...column("CIDRs", "spec.reservedCIDRs", "The addresses"), priority: 1 }, ageColumn],
  spec: z.strictObject({
    reservedCIDRs: setOf(cidr)
      .meta({ title: "Reserved CIDRs", description: "Addresses and CIDRs that are not given out." })
      .optional(),
  }),
});
export type IPReservation = ObjectOf<typeof IPReservation>;
