import { silentLogger } from "@percale/daemon";
import { expect, test } from "vitest";
import { NodeAgent } from "./agent.ts";
import type { AgentContext } from "./agent.ts";
import type { AgentConfig } from "./config.ts";
import type { AgentPart } from "./part.ts";
import type { RaisedCondition } from "@percale/protocol";

const config = { nodeName: "n1" } as AgentConfig; // the parts below read no more of it
const finding: RaisedCondition = { code: "Broken", severity: "error", title: "Broken", detail: "", advice: "" };

/** Two parts that write down what is done with them. */
function setUp() {
  const seen: string[] = [];
  let context: AgentContext | undefined;
  const part = (name: string): AgentPart => ({
    name,
    start: async () => {
      await Promise.resolve();
      seen.push(`${name} started`);
    },
    run: async (signal) => {
      seen.push(`${name} runs`);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      seen.push(`${name} ran`);
    },
    step: ({ t }) => void seen.push(`${name} ${t}`),
    stop: () => void seen.push(`${name} stopped`),
  });
  async function* parts(given: AgentContext): AsyncGenerator<AgentPart> {
    context = given;
    seen.push("a made");
    yield part("a");
    seen.push("b made");
    yield part("b");
  }
  return { agent: new NodeAgent({ config, log: silentLogger, parts }), seen, context: () => context! };
}

test("a part is made when those before it have started; all run together and stop in reverse", async () => {
  const { agent, seen, context } = setUp();
  await agent.start();
  context().step({ t: "loading", puts: [] });
  await agent.stop();
  expect(seen.join(", ")).toBe(
    "a made, a started, b made, b started, a runs, b runs, a loading, b loading, a ran, b ran, b stopped, a stopped",
  );
});

test("what a part says is told as long as it says it, and dated when it began; what it lacks shows in readiness", async () => {
  let findings: readonly RaisedCondition[] = [finding];
  let problem: string | undefined = "not yet";
  let context: AgentContext | undefined;
  async function* parts(given: AgentContext): AsyncGenerator<AgentPart> {
    context = given;
    yield { name: "disk", conditions: () => findings, problem: () => problem };
  }
  const agent = new NodeAgent({ config, log: silentLogger, parts });
  await agent.start();
  const { health, tell } = context!;
  tell();
  const [told] = health.list();
  expect(told).toEqual({ ...finding, since: told?.since });
  expect(health.report("ready")).toEqual({ ok: false, checks: [{ name: "disk", problem: "not yet" }] });
  [findings, problem] = [[], undefined];
  tell();
  expect(health.list()).toEqual([]);
  expect(health.report("ready").ok).toBe(true);
  await agent.stop();
});
