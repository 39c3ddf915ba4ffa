import { definitionOf as declared } from "@percale/resources";
import { definitionOf, type KubeObject } from "@percale/resources/catalog";
import { expect, test } from "vitest";
import {
  changesOf,
  costsOf,
  type Drafts,
  findRows,
  parseTyped,
  settingRows,
  settingsWords,
  shownValue,
  valueWords,
  withDraft,
} from "./view.ts";

const felix = definitionOf("FelixConfiguration")!;
const object = (name: string, spec: object): KubeObject => ({
  apiVersion: felix.apiVersion,
  kind: felix.kind,
  metadata: { name },
  spec,
});
const stored = [object("default", { vxlanPort: 4790, ipv6Support: true }), object("node.node-2", { vxlanPort: 4791 })];
const rows = settingRows(felix, declared(felix.kind)!.openApi(), stored);
const rowOf = (field: string) => rows.find((row) => row.field === field)!;
const none: Drafts = new Map();

test("a row says its title, value, default, unit, what a change does and which node has its own", () => {
  expect(rowOf("vxlanPort")).toEqual({
    key: "FelixConfiguration.vxlanPort",
    kind: "FelixConfiguration",
    group: "Tunnels",
    field: "vxlanPort",
    title: "VXLAN port",
    description: "UDP port of VXLAN. Default: 4789.",
    control: { t: "number" },
    unit: "UDP",
    effect: "live",
    fallback: 4789,
    stated: 4790,
    differs: true,
    overrides: [{ name: "node.node-2", value: 4791 }],
  });
});

test("what is stated as it is by default does not differ, and what no part reads has no effect", () => {
  expect([rowOf("ipv6Support").differs, rowOf("bpfEnabled").effect]).toEqual([false, undefined]);
});

test.each([
  ["ipv6Support", { t: "switch" }],
  ["defaultEndpointToHostAction", { t: "choice", values: ["Drop", "Accept", "Return"] }],
  ["natOutgoingExclusions", { t: "choice", values: ["IPPoolsOnly", "IPPoolsAndHostIPs"] }],
  ["vxlanMTU", { t: "number" }],
  ["logPrefix", { t: "text" }],
  ["kubeNodePortRanges", { t: "yaml" }],
  ["externalNodesList", { t: "list" }],
  ["failsafeInboundHostPorts", { t: "yaml" }],
])("%s is set by %j", (field, control) => {
  expect(rowOf(field).control).toEqual(control);
});

test("a value set back to what is stored is no draft; one taken out shows the default", () => {
  const port = rowOf("vxlanPort");
  const drafted = withDraft(none, port, 5000);
  expect([...withDraft(drafted, port, 4790)]).toEqual([]);
  expect(shownValue(port, drafted)).toBe(5000);
  expect(shownValue(port, withDraft(none, port, undefined))).toBe(4789);
});

test("drafts become one write of each kind, with its other fields as they are", () => {
  const drafts = new Map<string, unknown>([
    ["FelixConfiguration.vxlanPort", undefined],
    ["FelixConfiguration.logPrefix", "shop"],
    ["BGPConfiguration.asNumber", 64_513],
  ]);
  const kinds = [felix, definitionOf("BGPConfiguration")!];
  expect(changesOf(drafts, kinds, stored)).toEqual([
    { op: "update", object: object("default", { ipv6Support: true, logPrefix: "shop" }) },
    {
      op: "create",
      object: {
        apiVersion: felix.apiVersion,
        kind: "BGPConfiguration",
        metadata: { name: "default" },
        spec: { asNumber: 64_513 },
      },
    },
  ]);
});

test("what applying costs is said once, and what takes hold where it stands costs nothing", () => {
  const bgp = definitionOf("BGPConfiguration")!;
  const all = [...rows, ...settingRows(bgp, declared(bgp.kind)!.openApi(), [])];
  const drafts = new Map<string, unknown>([
    ["FelixConfiguration.vxlanPort", 5000],
    ["BGPConfiguration.asNumber", 64_513],
    ["BGPConfiguration.listenPort", 1790],
  ]);
  expect(costsOf(all, drafts)).toEqual(["restarts sessions"]);
});

test("rows are found by title, field, sentence and value, and by what is true of them", () => {
  const found = (text: string, only?: Parameters<typeof findRows>[1]["only"]) =>
    findRows(rows, { text, only, drafts: none }).map(({ field }) => field);
  expect(found("vxlan port")).toContain("vxlanPort");
  expect(found("4790")).toEqual(["vxlanPort"]);
  expect(found("", "has")).toEqual(["vxlanPort"]);
  expect(found("", "over")).toEqual(["vxlanPort"]);
  expect(found("", "mine")).toEqual([]);
});

test.each([
  [{ t: "number" } as const, " 15 ", 15],
  [{ t: "number" } as const, "many", "many"],
  [{ t: "list" } as const, "10.0.0.1, 10.0.0.2", ["10.0.0.1", "10.0.0.2"]],
  [{ t: "text" } as const, "", undefined],
])("%j typed as %j is %j", (control, text, value) => {
  expect(parseTyped(control, text)).toEqual(value);
});

test.each([
  [undefined, "not set"],
  [true, "on"],
  [[], "none"],
  [["a", "b"], "a, b"],
  [[{ port: 1 }], "1 entry"],
  [15, "15"],
])("%j reads %s", (value, words) => {
  expect(valueWords(value)).toBe(words);
});

test.each([
  [0, 0, "All 211 settings have their default; none is overridden on a node"],
  [1, 2, "1 of 211 settings differs from the default; 2 overridden on a node"],
  [3, 0, "3 of 211 settings differ from the default; none is overridden on a node"],
])("with %i that differ and %i overridden the page says so", (differing, overridden, words) => {
  expect(settingsWords(differing, overridden, 211)).toBe(words);
});
