import { silentLogger } from "@percale/daemon";
import type { Change } from "@percale/protocol";
import { API_VERSION, formatRef, refOf } from "@percale/resources";
import type { KubeObject } from "@percale/resources";
import { MemoryStore } from "@percale/store/memory";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { Judge } from "./judge.ts";
import { answerTo, ROWS_OF } from "./questions.ts";
import type { Answers, Ask, Question, Questions } from "./questions.ts";
import { Rows } from "./rows.ts";
import { World } from "./world.ts";

const author = "alice";
const store = new MemoryStore({ windowSize: 8 });
const judge = new Judge({ store, log: silentLogger });
afterAll(() => judge.close());

const object = (kind: string, name: string, spec: object, metadata: object = {}): KubeObject => ({
  apiVersion: API_VERSION,
  kind,
  metadata: { name, ...(kind.startsWith("Global") ? {} : { namespace: "shop" }), ...metadata },
  spec,
});
const app = fc.constantFrom("web", "db", "cache");
const selector = app.map((value) => `app == '${value}'`);
const rules = fc.array(fc.record({ action: fc.constantFrom("Allow", "Deny"), source: fc.record({ selector }) }), {
  maxLength: 3,
});
const anObject: fc.Arbitrary<KubeObject> = fc.oneof(
  fc.tuple(fc.nat(3), app).map(([i, label]) => {
    const spec = { node: `n${i % 2}`, orchestrator: "k8s", ipNetworks: [`10.0.0.${i}/32`], profiles: ["p"] };
    return object("WorkloadEndpoint", `e${i}`, spec, { labels: { app: label } });
  }),
  fc.tuple(fc.nat(2), selector, rules).map(([i, of, ingress]) => {
    return object("NetworkPolicy", `p${i}`, { selector: of, order: i, ingress, types: ["Ingress"] });
  }),
  fc.tuple(fc.nat(1), app, fc.nat(3)).map(([i, label, net]) => {
    return object("GlobalNetworkSet", `s${i}`, { nets: [`10.0.0.${net}/32`] }, { labels: { app: label } });
  }),
  fc.nat(9).map((blockSize) => object("IPReservation", "other", { blockSize })), // no question is about it
);
/** Change sets: what each puts or, if it is there, takes away. */
const steps = fc.array(fc.array(fc.tuple(fc.boolean(), anObject), { minLength: 1, maxLength: 4 }), { maxLength: 5 });

test("answers are those of the state at the time of the call, made from scratch", async () => {
  await fc.assert(
    fc.asyncProperty(steps, anObject, async (sets, draft) => {
      for (const set of sets) {
        await apply(set);
        expect(await answersOf(draft, askJudge)).toEqual(await answersOf(draft, await fromScratch()));
      }
    }),
    { numRuns: 12 },
  );
}, 60_000);

test("what the log has lost is no loss", async () => {
  const endpoint = (last: number): KubeObject =>
    object("WorkloadEndpoint", "e0", { node: "n0", ipNetworks: [`10.0.1.${last}/32`] });
  const addressOf = async (): Promise<string> => {
    const told = await judge.ask("explain", () => ({ from: "shop/e0", to: "9.9.9.9", protocol: "TCP" }));
    return told.from.address;
  };
  await apply([[true, endpoint(1)]]);
  expect(await addressOf()).toBe("10.0.1.1");
  for (let last = 2; last <= 20; last++) await apply([[true, endpoint(last)]]);
  await store.compact({ keepRevisions: 1 });
  expect(await addressOf()).toBe("10.0.1.20");
});

async function apply(set: readonly (readonly [boolean, KubeObject])[]): Promise<void> {
  const newest = new Map(set.map((one) => [formatRef(refOf(one[1])), one] as const));
  const changes: Change[] = [];
  for (const [isPut, changed] of newest.values()) {
    const old = await store.get(refOf(changed));
    if (isPut && old === undefined) changes.push({ op: "create", object: changed });
    else if (isPut)
      changes.push({ op: "update", object: { ...changed, metadata: { ...old!.metadata, ...changed.metadata } } });
    else if (old !== undefined) changes.push({ op: "delete", ref: refOf(changed) });
  }
  if (changes.length > 0) await store.apply({ author, changes });
}

type Asking = <A extends Ask>(ask: A, about: Questions[A]) => Promise<Answers[A] | string>;

/** Every kind of question; what is refused, in words. */
async function answersOf(draft: KubeObject, ask: Asking): Promise<unknown[]> {
  const port = { protocol: "TCP", port: 80 };
  return [
    await ask("explain", { from: "shop/e0", to: "shop/e1", ...port }),
    await ask("effective", { kind: "WorkloadEndpoint", namespace: "shop", name: "e1" }),
    await ask("matrix", { ports: [port] }),
    await ask("impact", [JSON.stringify(draft), { kind: "NetworkPolicy", namespace: "shop", name: "p0" }]),
    await ask("select", { selector: "app == 'web'" }),
  ];
}

const askJudge: Asking = (ask, about) => judge.ask(ask, () => about).catch(String);

async function fromScratch(): Promise<Asking> {
  const world = new World();
  const { objects, revision } = await store.snapshot();
  world.take({ changes: objects.map((one) => JSON.stringify(one)), isAnew: true, revision });
  return async <A extends Ask>(ask: A, about: Questions[A]) => {
    const list: unknown[] = [];
    const rows = new Rows((part) => list.push(...(JSON.parse(part) as unknown[])));
    const course = {
      rows,
      inSlices: async (items: readonly never[], work: (all: readonly never[]) => void) => work(items),
    };
    try {
      const result = await answerTo(world, { ask, about } as Question, course as never);
      rows.end();
      const text = JSON.stringify(
        ROWS_OF[ask] === undefined ? result : { ...(result as object), [ROWS_OF[ask]]: list },
      );
      return JSON.parse(text) as Answers[A];
    } catch (error) {
      return String(error);
    }
  };
}
