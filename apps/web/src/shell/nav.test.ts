import { readFileSync } from "node:fs";
import { kinds } from "@percale/resources/catalog";
import { expect, test } from "vitest";
import { entryOf, jumpTarget, NAV, prefersSlimRail } from "./nav.ts";

test("every object page belongs to the rail entry of its task", () => {
  expect(entryOf("/")?.title).toBe("Overview");
  expect(entryOf("/networkpolicies/shop/allow-web")?.title).toBe("Policies");
  expect(entryOf("/new/ippools")?.title).toBe("IP pools");
  expect(entryOf("/felixconfigurations/default")?.title).toBe("Settings");
  expect(entryOf("/nowhere")).toBeUndefined();
});

test("the rail has its groups in order, and in each its pages before the kinds'", () => {
  const titles = NAV.map(({ title, entries }) => [title ?? "", entries.map((entry) => entry.title)]);
  expect(Object.fromEntries(titles)).toEqual({
    "": ["Overview"],
    Policy: ["Policies", "Staged policies", "Network sets", "Host endpoints", "Profiles"],
    Traffic: ["Reach", "Matrix"],
    Network: ["Endpoints", "IP pools", "BGP", "Nodes", "IP reservations", "BGP filters"],
    System: ["Activity", "Health", "Access", "Settings"],
  });
});

test("a kind's page, and an entry of its own, are found by its plural and by its twin's", () => {
  const homes = kinds.map(({ plural }) => [plural, entryOf(`/${plural}`)?.title]);
  expect(Object.fromEntries(homes)).toEqual({
    networkpolicies: "Policies",
    globalnetworkpolicies: "Policies",
    kubernetesnetworkpolicies: "Policies",
    kubernetesclusternetworkpolicies: "Policies",
    stagednetworkpolicies: "Staged policies",
    stagedglobalnetworkpolicies: "Staged policies",
    stagedkubernetesnetworkpolicies: "Staged policies",
    tiers: "Policies",
    ippools: "IP pools",
    ipreservations: "IP reservations",
    networksets: "Network sets",
    globalnetworksets: "Network sets",
    hostendpoints: "Host endpoints",
    profiles: "Profiles",
    bgppeers: "BGP",
    bgpfilters: "BGP filters",
    felixconfigurations: "Settings",
    bgpconfigurations: "BGP",
    bfdconfigurations: "BGP",
    ipamconfigurations: undefined,
    kubecontrollersconfigurations: "Settings",
    caliconodestatuses: "Nodes",
    clusterinformations: "Settings",
    blockaffinities: undefined,
    namespaces: undefined,
    serviceaccounts: undefined,
    services: undefined,
    endpointslices: undefined,
    roles: "Access",
    clusterroles: "Access",
    rolebindings: "Access",
    clusterrolebindings: "Access",
    nodes: "Nodes",
    workloadendpoints: "Endpoints",
    livemigrations: undefined,
    ipamblocks: undefined,
    ipamhandles: undefined,
  });
});

test("every icon that a kind names is drawn, and every page that it names is in the rail", () => {
  const drawn = readFileSync(new URL("../parts/icons.svg", import.meta.url), "utf8");
  const icons = kinds.flatMap(({ looks: { icon = "settings", menu } }) => [icon, menu?.icon ?? icon]);
  expect(icons.filter((icon) => !drawn.includes(`id="i-${icon}"`))).toEqual([]);
  const pages = kinds.flatMap(({ looks: { page } }) => page ?? []);
  expect(pages.filter((page) => entryAt(page) === undefined)).toEqual([]);
});

function entryAt(page: string) {
  return NAV.flatMap(({ entries }) => entries).find(({ href }) => href === `/${page}`);
}

test("jump keys are unique", () => {
  const keys = NAV.flatMap((group) => group.entries.flatMap((entry) => entry.key ?? []));
  expect(new Set(keys).size).toBe(keys.length);
  expect(jumpTarget("p")).toBe("/policies");
  expect(jumpTarget("z")).toBeUndefined();
});

test("picture pages get the slim rail", () => {
  expect(prefersSlimRail("/policies")).toBe(true);
  expect(prefersSlimRail("/nodes/node-1")).toBe(false);
});
