import { emptyState } from "@percale/policy";
import type { StateChange } from "@percale/policy";
import { expect, test } from "vitest";
import type { Connections } from "../connections.ts";
import { NO_LINKS } from "../links/known.ts";
import { NFT_WORDS } from "../nft/words.ts";
import { NOTHING_SENT } from "./driver.ts";
import type { CommitReport, Drift, PolicyDriver, Refusal } from "./driver.ts";
import { PolicyPart } from "./part.ts";

const sent: CommitReport = { messages: 3, bytes: 30, refused: [] };
const compared: CommitReport = { messages: 7, bytes: 70, refused: [] };

/** The part over a driver that writes down what it is asked. */
function setUp() {
  const asked: string[] = [];
  const refusals: Refusal[] = [];
  const at = { drift: { total: 0, text: "" } as Drift, failure: undefined as Error | undefined, nowMs: 0 };
  const note = async (what: string): Promise<void> => {
    asked.push(what);
    if (at.failure !== undefined) throw at.failure;
  };
  const driver: PolicyDriver = {
    words: NFT_WORDS,
    note: ({ t }) => void asked.push(`note ${t}`),
    follow: () => void asked.push("follow"),
    failClosed: () => note("failClosed"),
    commit: async () => {
      await note("commit");
      return sent;
    },
    resync: async () => {
      await note("resync");
      return { report: compared, drift: at.drift };
    },
    forget: () => void asked.push("forget"),
    refusals: () => refusals,
    dispatched: async () => ({ dispatch: new Map(), workloads: new Set() }),
    remove: () => note("remove"),
    close: () => void asked.push("close"),
  };
  const connections = {
    endDenied: async (_: unknown, own: ReadonlySet<string>) => {
      await new Promise((resolve) => setImmediate(resolve)); // others have their turn meanwhile
      asked.push(`endDenied ${[...own].join()}`);
      return 1;
    },
  } as unknown as Connections; // the part that is asked
  const told: string[] = [];
  const tell = (message: string): void => void told.push(message);
  const part = new PolicyPart({
    driver,
    connections,
    ownAddresses: async () => new Set(["192.0.2.1"]),
    log: { info: tell, warn: tell, error: tell },
    now: () => at.nowMs,
  });
  const pass = async ({ inSync = true, links = NO_LINKS } = {}): Promise<string> => {
    const state = emptyState();
    const work = { state, inSync, links, attached: [], turn: () => undefined, fault: () => undefined };
    const failed = await part.pass(work).catch((error: unknown) => String(error));
    return [...asked.splice(0), ...(failed === undefined ? [] : [failed])].join(", ");
  };
  return { part, pass, at, told, refusals };
}

test("before the first whole state nothing but closed doors is written", async () => {
  const { part, pass } = setUp();
  expect([await pass({ inSync: false }), part.report]).toEqual(["failClosed", NOTHING_SENT]);
});

test("a pass commits; links are followed when they are others", async () => {
  const { part, pass } = setUp();
  const links = { workloads: new Set([7]), byInterface: new Map() };
  expect([await pass(), await pass({ links }), await pass({ links }), part.report]).toEqual([
    "commit",
    "follow, commit",
    "commit",
    sent,
  ]);
  part.note({ t: "config" } as StateChange); // no more of it is read
  expect(await pass({ links })).toBe("note config, commit");
});

test("who suspects a foreign hand has everything compared, once", async () => {
  const { part, pass } = setUp();
  part.resync();
  expect([await pass(), part.report, await pass()]).toEqual(["resync", compared, "commit"]);
  expect(part.repairs).toEqual({ count: 0 });
});

test("what was repaired is told, counted, and what got through meanwhile is ended", async () => {
  const { part, pass, at, told } = setUp();
  await pass();
  at.drift = { total: 2, text: "2 rules missing" };
  at.nowMs = 1_000;
  part.resync();
  expect(await pass()).toBe("resync, endDenied 192.0.2.1");
  part.resync();
  await pass();
  expect(part.repairs).toEqual({ count: 2, lastAt: "1970-01-01T00:00:01.000Z", lastDetail: "2 rules missing" });
  expect(told).toContain("ended connections that policy denies");
});

test("what an earlier run left is repaired, and nobody's connection ended for it", async () => {
  const { part, pass, at } = setUp();
  at.drift = { total: 1, text: "x" };
  part.resync();
  expect([await pass(), part.repairs.count]).toEqual(["resync", 1]);
});

test("a batch that is refused is told until one is taken, and what was owed is still owed", async () => {
  const { part, pass, at } = setUp();
  part.resync();
  at.failure = new Error("no room");
  expect([await pass(), await pass()]).toEqual(["resync, forget, Error: no room", "resync, forget, Error: no room"]);
  expect(part.conditions().map(({ detail }) => detail.includes("no room"))).toEqual([true]);
  at.failure = undefined;
  expect([await pass(), await pass(), part.conditions()]).toEqual(["resync", "commit", []]);
});

test("what a driver leaves out is a finding of its object, in the driver's words", async () => {
  const { part, refusals } = setUp();
  const ref = { kind: "GlobalNetworkPolicy", name: "p" };
  refusals.push(
    { ref, kind: "refused", detail: "no" },
    { ref: { ...ref, name: "q" }, kind: "unsupported", detail: "not yet" },
  );
  expect(part.conditions()).toEqual([
    NFT_WORDS.refused({ object: "GlobalNetworkPolicy/p", detail: "no", ref }),
    NFT_WORDS.unsupported({ object: "GlobalNetworkPolicy/q", detail: "not yet", ref: { ...ref, name: "q" } }),
  ]);
});

test("the end is the driver's", async () => {
  const { part, pass } = setUp();
  await part.remove();
  part.close();
  expect(await pass()).toBe("remove, close, commit");
});
