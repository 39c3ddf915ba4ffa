import * as z from "zod";
import { ageColumn, cellColumn, column } from "../columns.ts";
import { defineResource } from "../define.ts";
import type { ObjectOf } from "../define.ts";
import { name, setOf } from "../scalars/schemas.ts";

const word = (title: string, description: string) => z.string().meta({ title, description }).optional();
const count = (title: string, description: string) => z.int().min(0).meta({ title, description }).optional();

const daemon = (family: string) =>
  z
    .strictObject({
      state: z.enum(["Ready", "NotReady"]).meta({ title: "State", description: "Whether it is up." }).optional(),
      version: word("Version", "Version of BIRD."),
      routerID: word("Router ID", "What it calls itself."),
      lastBootTime: word("Started", "When it started."),
      lastReconfigurationTime: word("Reconfigured", "When it last took a new configuration."),
    })
    .meta({ title: `BIRD, ${family}`, description: `The ${family} routing daemon.` })
    .optional();

const peer = z.strictObject({
  peerIP: word("Peer IP", "Its address."),
  type: z
    .enum(["NodeMesh", "NodePeer", "GlobalPeer"])
    .meta({ title: "Type", description: "What configures the session." })
    .optional(),
  state: z
    .enum(["Idle", "Connect", "Active", "OpenSent", "OpenConfirm", "Established", "Close"])
    .meta({ title: "State", description: "How the session stands." })
    .optional(),
  since: word("Since", "Since when it stands so."),
});
const peers = (family: string) =>
  z
    .array(peer)
    .meta({ title: `Peers, ${family}`, description: `Sessions over ${family}.` })
    .optional();

const route = z.strictObject({
  type: z
    .enum(["FIB", "RIB"])
    .meta({ title: "Type", description: "FIB: in the kernel; RIB: known to BIRD only." })
    .optional(),
  destination: word("Destination", "The prefix that it leads to."),
  gateway: word("Gateway", "The next hop."),
  interface: word("Interface", "The interface that it leaves by."),
  learnedFrom: z
    .strictObject({
      sourceType: z
        .enum(["Kernel", "Static", "Direct", "NodeMesh", "BGPPeer"])
        .meta({ title: "Source", description: "How it was learned." })
        .optional(),
      peerIP: word("Peer IP", "The peer that it was learned from."),
    })
    .meta({ title: "Learned from", description: "Where it comes from." })
    .optional(),
});
const routes = (family: string) =>
  z
    .array(route)
    .meta({ title: `Routes, ${family}`, description: `Routes of ${family}.` })
    .optional();

/** Source: projectcalico/calico `api/pkg/apis/projectcalico/v3/nodestatus.go`. */
export const CalicoNodeStatus = defineResource({
  kind: "CalicoNodeStatus",
  scope: "Cluster",
  description:
    "A question to a node: how its routing daemon, its BGP sessions or its routes are. The node's agent answers in the status; that of this version does not yet.",
  shortNames: ["caliconodestatus"],
  words: { one: "Calico node status", many: "Calico node statuses" },
  traits: { aliases: ["nodestatus", "nodestatuses"] },
  looks: {
    icon: "nodes",
    page: "nodes",
    template: { node: "node-1", classes: ["Agent", "BGP"], updatePeriodSeconds: 10 },
  },
  statusSubresource: true,
  columns: [
    column("Node", "spec.node", "The node that is asked"),
    cellColumn("Classes", "nodeStatus.classes", "What is asked about"),
    cellColumn("Update Interval", "nodeStatus.interval", "How often the answer is renewed"),
    ageColumn,
    cellColumn("last Updated", "nodeStatus.updated", "When the answer was last renewed"),
    { ...cellColumn("Agent State", "nodeStatus.agent", "Whether the routing daemons are up"), priority: 1 },
    { ...cellColumn("ESTABLISHED-V4", "nodeStatus.sessions4", "IPv4 sessions that are up, of all"), priority: 1 },
    { ...cellColumn("ESTABLISHED-V6", "nodeStatus.sessions6", "IPv6 sessions that are up, of all"), priority: 1 },
    { ...cellColumn("NUM-V4-ROUTES", "nodeStatus.routes4", "IPv4 routes learned by BGP"), priority: 1 },
    { ...cellColumn("NUM-V6-ROUTES", "nodeStatus.routes6", "IPv6 routes learned by BGP"), priority: 1 },
  ],
  spec: z.strictObject({
    node: name.meta({ title: "Node", description: "The node that is asked." }),
    classes: setOf(z.enum(["Agent", "BGP", "Routes"]), { min: 1 }).meta({
      title: "Classes",
      description: "What is asked about. Routes may be many: leave them out unless they are looked at.",
    }),
    updatePeriodSeconds: z
      .int()
      .min(0)
      .max(86_400)
      .meta({ title: "Update period", description: "Seconds between answers; 0 is none at all." }),
  }),
  status: z.strictObject({
    lastUpdated: word("Last updated", "When the agent last wrote the status."),
    agent: z
      .strictObject({ birdV4: daemon("IPv4"), birdV6: daemon("IPv6") })
      .meta({ title: "Agent", description: "How the routing daemons are." })
      .optional(),
    bgp: z
      .strictObject({
        numberEstablishedV4: count("Established, IPv4", "Sessions over IPv4 that are up."),
        numberNotEstablishedV4: count("Not established, IPv4", "Sessions over IPv4 that are down."),
        numberEstablishedV6: count("Established, IPv6", "Sessions over IPv6 that are up."),
        numberNotEstablishedV6: count("Not established, IPv6", "Sessions over IPv6 that are down."),
        peersV4: peers("IPv4"),
        peersV6: peers("IPv6"),
      })
      .meta({ title: "BGP", description: "How its sessions are." })
      .optional(),
    routes: z
      .strictObject({ routesV4: routes("IPv4"), routesV6: routes("IPv6") })
      .meta({ title: "Routes", description: "The routes that it has." })
      .optional(),
  }),
});
export type CalicoNodeStatus = ObjectOf<typeof CalicoNodeStatus>;
