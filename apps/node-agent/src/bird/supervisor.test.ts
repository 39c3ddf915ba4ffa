import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderBirdConfig } from "@percale/bgp";
import { silentLogger } from "@percale/daemon";
import { afterEach, beforeEach, expect, test } from "vitest";
import { object, pool } from "../testdata/objects.ts";
import { TestBird } from "../testdata/test-bird.ts";
import { bgpInputs } from "./inputs.ts";
import { BirdSupervisor } from "./supervisor.ts";

const node = (n: number) => object("Node", `n${n}`, { bgp: { ipv4Address: `10.0.0.${n}/24` } });
const peersOf = (...others: readonly number[]) =>
  bgpInputs("n1", [node(1), ...others.map(node), pool("10.244.0.0/16")]);
const [two, three] = ["Mesh_10_0_0_2", "Mesh_10_0_0_3"];

let bird: TestBird;
let hasOldRoutes: boolean;
/** What there was to see when the supervisor last said that something may differ. */
let seen: ReturnType<typeof look>;
let stop: AbortController;
let running: Promise<void>;
let supervisor: BirdSupervisor;

function look() {
  const { state, problem } = supervisor;
  return {
    version: state.status?.version,
    sessions: state.sessions.map(({ peerIP, state: is }) => `${peerIP} ${is}`),
    problem,
    conditions: supervisor.conditions().map(({ code, detail }) => [code, detail]),
  };
}

beforeEach(() => {
  [bird, hasOldRoutes, stop] = [new TestBird(), false, new AbortController()];
  const { directory, program } = bird;
  supervisor = new BirdSupervisor({
    directory,
    program,
    log: silentLogger,
    hasOldRoutes: async () => hasOldRoutes,
    onChange: () => void (seen = look()),
  });
  seen = look();
});
afterEach(async () => {
  stop.abort();
  await running;
  await bird.remove();
});

const at = (name: string): string => join(bird.directory, name);
const conf = (): string => readFileSync(at("bird.conf"), "utf8");
/** Sooner than the supervisor looks without being told. */
const eventually = async (read: () => unknown, wanted: unknown): Promise<void> => {
  await expect.poll(read, { timeout: 9_000, interval: 5 }).toEqual(wanted);
};
const run = (): void => void (running = supervisor.run(stop.signal));
const version = () => seen.version;
const sessions = () => seen.sessions;
const conditions = () => seen.conditions;
const problem = () => seen.problem;
const remember = (...up: readonly string[]) => writeFileSync(at("established.json"), JSON.stringify({ up, down: {} }));

/** It is started, whatever the agent remembers, and answers. */
async function started(): Promise<string> {
  const given = await bird.start();
  await bird.listen();
  return given;
}

test("a BIRD that is not there is started with the configuration, and looked at", async () => {
  bird.states = { [two]: "Established", [three]: "Active" };
  run();
  expect(problem()).toBe("BIRD is not running yet");
  supervisor.configure(peersOf(2, 3));
  expect(await started()).toBe(`-f -c ${at("bird.conf")} -s ${at("bird.ctl")} -P ${at("bird.pid")}`);
  await eventually(version, "2.0.12");
  await eventually(sessions, ["10.0.0.2 Established", "10.0.0.3 Active"]);
  expect([conf(), bird.told]).toEqual([renderBirdConfig(peersOf(2, 3)).text, ["echo all 65536"]]);
  expect([problem(), conditions(), existsSync(at("bird.conf.new"))]).toEqual([undefined, [], false]);
  expect(statSync(at("bird.ctl")).mode & 0o777).toBe(0o600);
});

test("a BIRD that runs is kept, given what it shall run, and again whenever that is another text", async () => {
  await bird.listen();
  run();
  supervisor.configure(peersOf(2));
  await eventually(version, "2.0.12");
  expect([bird.told, conf()]).toEqual([["echo all 65536", "configure"], renderBirdConfig(peersOf(2)).text]);
  supervisor.configure(peersOf(2)); // the same text
  supervisor.configure(peersOf(3, 2));
  await eventually(sessions, ["10.0.0.2 Idle", "10.0.0.3 Idle"]);
  expect([bird.told, conf()]).toEqual([
    ["echo all 65536", "configure", "configure"],
    renderBirdConfig(peersOf(2, 3)).text,
  ]);
});

test("a session that comes or goes is told when BIRD says so", async () => {
  await bird.listen();
  run();
  supervisor.configure(peersOf(2));
  await eventually(sessions, ["10.0.0.2 Idle"]);
  bird.states = { [two]: "Established" };
  bird.say(`<TRACE> ${two}: State changed to up`);
  await eventually(sessions, ["10.0.0.2 Established"]);
  await eventually(() => JSON.parse(readFileSync(at("established.json"), "utf8")), { up: [two], down: {} });
});

test("a BIRD that ends leaves sessions that nobody knows of, and is started again", async () => {
  bird.states = { [two]: "Established" };
  await bird.listen();
  run();
  supervisor.configure(peersOf(2));
  await eventually(sessions, ["10.0.0.2 Established"]);
  await bird.end();
  await eventually(sessions, ["10.0.0.2 Idle"]);
  expect([version(), problem()]).toEqual([undefined, "BIRD is not running yet"]);
  await started();
  await eventually(sessions, ["10.0.0.2 Established"]);
  expect(bird.told).toEqual(["echo all 65536", "configure", "echo all 65536"]); // started with the text: not told it again
});

test("with routes to keep, BIRD recovers: only peers that have ours are up, and named, until it has", async () => {
  remember(two);
  [hasOldRoutes, bird.isRecovering, bird.states] = [true, true, { [two]: "Active" }];
  run();
  supervisor.configure(peersOf(2, 3));
  expect(await started()).toMatch(/^-f -R -c /);
  await eventually(version, "2.0.12");
  expect(conf()).toBe(renderBirdConfig(peersOf(2, 3), { awaited: new Set([two]) }).text);
  expect(conditions()).toEqual([["BgpRecovering", expect.stringMatching(/^Waiting for n2 \(10.0.0.2, Active\)\./)]]);
  bird.isRecovering = false;
  bird.say(`<TRACE> ${two}: BGP session established`);
  await eventually(conditions, []);
  await eventually(() => bird.told, ["echo all 65536", "configure"]);
  expect(conf()).toBe(renderBirdConfig(peersOf(2, 3)).text);
});

test("a recovery that an earlier agent left to itself goes on", async () => {
  remember(three);
  bird.isRecovering = true;
  await bird.listen();
  run();
  supervisor.configure(peersOf(2, 3));
  await eventually(() => conditions().map(([code]) => code), ["BgpRecovering"]);
  expect(conf()).toBe(renderBirdConfig(peersOf(2, 3), { awaited: new Set([three]) }).text);
});

test("without routes to keep, and beside a BIRD that has recovered, nobody is waited for", async () => {
  remember(two);
  run();
  supervisor.configure(peersOf(2));
  await started();
  await eventually(version, "2.0.12");
  expect([conditions(), conf()]).toEqual([[], renderBirdConfig(peersOf(2)).text]);
});

test("a configuration that BIRD does not put in force is told, tried again, and over with its cause", async () => {
  bird.configured = "8002 no";
  await bird.listen();
  run();
  supervisor.configure(peersOf(2));
  await eventually(problem, "configure: no");
  expect(conditions()).toEqual([["BirdDown", expect.stringContaining("configure: no")]]);
  bird.configured = "0004 Reconfiguration in progress";
  await eventually(() => [problem(), conditions()], [undefined, []]);
});

test("what BIRD refuses and no object brings in leaves the last good text in force", async () => {
  bird.refuse("1:1 syntax error");
  writeFileSync(at("bird.conf"), "# the last good one");
  run();
  supervisor.configure(peersOf(2));
  await started();
  await eventually(problem, "BIRD refuses the configuration: syntax error");
  expect(conditions()).toEqual([["BirdConfigRefused", expect.stringContaining("syntax error")]]);
  expect([conf(), bird.told]).toEqual(["# the last good one", ["echo all 65536"]]);
});

test("without a good text there is nothing to start BIRD with", async () => {
  bird.refuse("1:1 syntax error");
  run();
  supervisor.configure(peersOf(2));
  await eventually(problem, "BIRD refuses the configuration, and there is no earlier one: syntax error");
});

test("an agent that ends leaves BIRD alone, and ends it where it is asked to", async () => {
  await bird.listen();
  run();
  supervisor.configure(peersOf(2));
  await eventually(version, "2.0.12");
  stop.abort();
  await running;
  expect([bird.told, version()]).toEqual([["echo all 65536", "configure"], undefined]);
  await supervisor.stop();
  expect(bird.told.at(-1)).toBe("down");
  await bird.end();
  await supervisor.stop(); // there is nobody any more
});
