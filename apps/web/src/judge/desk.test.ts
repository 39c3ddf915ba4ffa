import type { KubeObject } from "@percale/resources/catalog";
import { expect, test } from "vitest";
import { Desk, type ThreadListener } from "./desk.ts";
import { Judge } from "./judge.ts";
import { type Answer, JUDGED_KINDS, type Told } from "./messages.ts";

const endpoint = (app: string): KubeObject => ({
  apiVersion: "projectcalico.org/v3",
  kind: "WorkloadEndpoint",
  metadata: { name: `n1-k8s-${app}-eth0`, namespace: "shop", labels: { app } },
  spec: { pod: app, profiles: [] },
});
const [ENDPOINTS, PROFILES] = JUDGED_KINDS as [string, string];

/** A desk over threads that answer when they are let, with the real judge, and a clock that is wound by hand. */
function newDesk() {
  const threads: { told: Told[]; answer: () => void; fail: (message: string) => void; isEnded: boolean }[] = [];
  const rests: { ms: number; end: () => void }[] = [];
  const start = ({ hears, fails }: ThreadListener) => {
    const judge = new Judge();
    const told: Told[] = [];
    let answered = 0;
    const thread = {
      told,
      answer: () => hears(judge.hear(told[answered++]!)),
      fail: fails,
      isEnded: false,
    };
    threads.push(thread);
    return { tell: (message: Told) => void told.push(structuredClone(message)), end: () => (thread.isEnded = true) };
  };
  const desk = new Desk({ start, later: (ms, end) => void rests.push({ ms, end }) });
  const heard: string[] = [];
  const words = (answer: Answer): string => (answer.said === "matches" ? `${answer.count}` : answer.said);
  const ask = (selector: string, name = selector): (() => void) =>
    desk.ask({ selector, scope: { of: "policy" } }, (answer) => heard.push(`${name}: ${words(answer)}`));
  return { desk, threads, rests, heard, ask };
}

function heldDesk() {
  const made = newDesk();
  const web = endpoint("web");
  made.desk.hold(ENDPOINTS, [web, endpoint("db")]);
  made.desk.hold(PROFILES, []);
  return { ...made, web };
}

test("nothing is started, and nothing told, until somebody asks", () => {
  const { threads, ask, heard } = heldDesk();
  expect(threads).toEqual([]);
  ask("has(app)");
  expect(threads[0]!.told.map(({ feeds }) => feeds.map(({ kind, changes }) => [kind, changes.length]))).toEqual([
    [
      [ENDPOINTS, 2],
      [PROFILES, 0],
    ],
  ]);
  threads[0]!.answer();
  expect(heard).toEqual(["has(app): 2"]);
});

test("only what changed is told, and everybody who asks hears the new answer", () => {
  const { desk, threads, ask, heard, web } = heldDesk();
  ask("has(app)");
  threads[0]!.answer();
  const cart = endpoint("cart");
  desk.hold(ENDPOINTS, [web, cart]);
  expect(threads[0]!.told[1]!.feeds).toEqual([
    { kind: ENDPOINTS, changes: [{ kind: ENDPOINTS, namespace: "shop", name: "n1-k8s-db-eth0" }, cart] },
  ]);
  threads[0]!.answer();
  desk.hold(ENDPOINTS, [web]);
  threads[0]!.answer();
  expect(heard).toEqual(["has(app): 2", "has(app): 2", "has(app): 1"]);
  ask("app == 'web'");
  expect(threads[0]!.told[3]).toMatchObject({ feeds: [], questions: [[2, { selector: "app == 'web'" }]] });
});

test("of what is typed fast only the last is judged, and an answer to something older is told to nobody", () => {
  const { threads, ask, heard } = heldDesk();
  let leave = ask("app == 'w'");
  for (const text of ["app == 'we'", "app == 'web", "app == 'web'"]) {
    leave();
    leave = ask(text);
  }
  threads[0]!.answer();
  threads[0]!.answer();
  expect(threads[0]!.told.map(({ questions }) => questions.map(([, { selector }]) => selector))).toEqual([
    ["app == 'w'"],
    ["app == 'web'"],
  ]);
  expect(heard).toEqual(["app == 'web': 1"]);
});

test("a thread that fails is told in words and replaced after a rest, and its successor knows everything", () => {
  const { desk, threads, rests, ask, heard } = heldDesk();
  ask("has(app)");
  threads[0]!.answer();
  desk.hold(ENDPOINTS, [endpoint("web")]);
  threads[0]!.fail("out of memory");
  expect(threads[0]!.isEnded).toBe(true);
  ask("app == 'web'");
  threads[0]!.answer(); // its last words
  expect(heard).toEqual(["has(app): 2", "has(app): failed", "app == 'web': failed"]);
  expect(threads).toHaveLength(1);
  rests[0]!.end();
  threads[1]!.answer();
  expect(heard.slice(3)).toEqual(["has(app): 1", "app == 'web': 1"]);
});

test("the words of a failure say what failed, and that it is tried again", () => {
  const { desk, threads } = newDesk();
  const answers: Answer[] = [];
  desk.ask({ selector: "", scope: { of: "peer" } }, (answer) => answers.push(answer));
  threads[0]!.fail("its script does not load");
  expect(answers).toEqual([
    {
      said: "failed",
      message:
        "Nobody can say what it selects: the part of this page that judges drafts failed (its script does not load). It is started again.",
    },
  ]);
});

test("it rests longer after each failure, up to half a minute, and after an answer as short as at first", () => {
  const { threads, rests, ask } = heldDesk();
  ask("has(app)");
  for (let i = 0; i < 7; i++) {
    threads[i]!.fail("no");
    rests[i]!.end();
  }
  threads[7]!.answer();
  threads[7]!.fail("no");
  expect(rests.map(({ ms }) => ms)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 1000]);
});
