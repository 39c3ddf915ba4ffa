import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { KernelError, RT_TABLE_MAIN } from "@percale/kernel";
import type { Link, Rtnetlink } from "@percale/kernel";
import { Attachments } from "./attachments.ts";
import type { Attachment } from "./attachments.ts";
import { linkMark } from "./identity.ts";
import { chooseHostInterface, deleteLinkIfThere, identityOf, ownLink, refuseOwnNetns } from "./own-links.ts";

const id = { containerID: "c1", ifName: "eth0" };
const mark = linkMark(id);
const link = (name: string, alias?: string) =>
  ({ name, index: name.length, ...(alias !== undefined && { alias }) }) as Link; // the rest is not read

/** A node that has these links. */
const hostOf = (...links: readonly Link[]): Rtnetlink =>
  ({
    link: async (name: string) => links.find((one) => one.name === name),
    links: async () => links,
  }) as unknown as Rtnetlink; // the part that is asked

test.each<[what: string, links: readonly Link[], found: string | undefined]>([
  ["under its name", [link("a", mark), link("b", mark)], "b"],
  ["under a further name", [link("c", mark)], "c"],
  ["renamed by somebody", [link("x"), link("renamed", mark)], "renamed"],
  ["nowhere, though others have its names", [link("b", "percale c2 eth0"), link("c")], undefined],
])("what was made for a container is found %s", async (_, links, found) => {
  expect((await ownLink(hostOf(...links), id, ["b", "c"]))?.name).toBe(found);
});

async function choose(
  links: readonly Link[],
  {
    known = [],
    reserved = [],
    endpointContainer,
  }: { known?: readonly Partial<Attachment>[]; reserved?: readonly string[]; endpointContainer?: string } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "percale-links-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const attachments = await Attachments.open(folder, () => undefined);
  for (const one of known) await attachments.put({ ...attached, ...one });
  const names = new Set(reserved);
  const identity = {
    namespace: "shop",
    name: "web",
    orchestrator: "cni",
    interfaceNames: ["cali1", "cali2"],
    handle: "h",
  } as const;
  const { name, replaces } = await chooseHostInterface({
    host: hostOf(...links),
    attachments,
    request: id,
    identity,
    reserved: names,
    endpointContainer,
  });
  return [name, replaces?.name, [...names]];
}

const attached: Attachment = {
  ...id,
  network: "net",
  handle: "h",
  namespace: "shop",
  endpoint: "web",
  netns: "/x",
  netnsId: "1",
  hostInterface: "cali1",
  mac: "m",
  mtuBytes: 0,
  addresses: [],
  routeTable: RT_TABLE_MAIN,
  allowIpForwarding: false,
};

test.each<[what: string, asked: Parameters<typeof choose>, chosen: readonly unknown[]]>([
  ["the wanted one, where it is free", [[]], ["cali1", undefined, ["cali1"]]],
  ["its own, to be replaced", [[link("cali1", mark)]], ["cali1", "cali1", ["cali1"]]],
  ["the next, where somebody else has it", [[link("cali1", "percale c2 eth0")]], ["cali2", undefined, ["cali2"]]],
  ["the next, where it bears no mark", [[link("cali1")]], ["cali2", undefined, ["cali2"]]],
  [
    "the next, while another request has chosen it",
    [[], { reserved: ["cali1"] }],
    ["cali2", undefined, ["cali1", "cali2"]],
  ],
  [
    "the next, where another endpoint is recorded with it",
    [[], { known: [{ containerID: "c9", endpoint: "api" }] }],
    ["cali2", undefined, ["cali2"]],
  ],
  [
    "that of an earlier container of the same endpoint",
    [[link("cali1", "percale c0 eth0")], { known: [{ containerID: "c0" }] }],
    ["cali1", "cali1", ["cali1"]],
  ],
  [
    "that of the container that the stored endpoint belongs to",
    [[link("cali1", "percale c0 eth0")], { endpointContainer: "c0" }],
    ["cali1", "cali1", ["cali1"]],
  ],
])("an interface on the node gets %s", async (_, asked, chosen) => {
  expect(await choose(...asked)).toEqual(chosen);
});

test("where every name is somebody else's there is none, and none stays reserved", async () => {
  const links = ["cali1", "cali2"].map((name) => link(name, "else"));
  await expect(choose(links)).rejects.toMatchObject({ details: "cali1 cali2" });
});

test.each([
  ["ENODEV, which is what was wanted", new KernelError("delete link", 19), undefined],
  ["anything else, which is told", new KernelError("delete link", 16), "EBUSY"],
])("a link that answers its deletion with %s", async (_, error, code) => {
  const host = { deleteLink: () => Promise.reject(error) } as unknown as Rtnetlink; // the part that is asked
  expect(await deleteLinkIfThere(host, 7).catch((thrown: unknown) => (thrown as KernelError).code)).toBe(code);
});

test("the node's own namespace is refused, unless it is meant; others and none pass", () => {
  const own = "/proc/self/ns/net";
  expect(() => refuseOwnNetns({ netns: own, netnsOverride: false })).toThrow("the node's own network namespace");
  expect(() => refuseOwnNetns({ netns: own, netnsOverride: true })).not.toThrow();
  expect(() => refuseOwnNetns({ netns: "/nowhere", netnsOverride: false })).not.toThrow();
  expect([identityOf(""), identityOf("/nowhere"), typeof identityOf(own)]).toEqual([undefined, undefined, "string"]);
});
