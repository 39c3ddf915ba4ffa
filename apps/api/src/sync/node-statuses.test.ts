import { agentStatusOf } from "@percale/protocol/testdata/agent-status.ts";
import { silentLogger } from "@percale/daemon";
import { Node } from "@percale/resources";
import { memoryRecords, MemoryStore } from "@percale/store/memory";
import { expect, test } from "vitest";
import { NodeStatuses } from "./node-statuses.ts";

test("of Nodes that went only some are remembered: those whose agents go on reporting", async () => {
  const store = new MemoryStore();
  const { agentStatus } = memoryRecords();
  const statuses = new NodeStatuses({ store, agentStatus, log: silentLogger, mostGone: 2 });
  const closing = new AbortController();
  const kept = async (): Promise<string[]> => (await agentStatus.list()).map(({ node }) => node);
  const come = async (name: string): Promise<void> => {
    const metadata = { name };
    store.commit({
      author: "test",
      changes: [{ op: "create", object: { apiVersion: Node.apiVersion, kind: Node.kind, metadata, spec: {} } }],
    });
    await statuses.put(agentStatusOf(name));
  };
  const goneAndForgotten = async (name: string): Promise<void> => {
    store.commit({ author: "test", changes: [{ op: "delete", ref: { kind: Node.kind, name } }] });
    await expect.poll(kept).not.toContain(name);
  };

  await agentStatus.put(agentStatusOf("of-before"));
  const following = statuses.run(closing.signal);
  await expect.poll(kept).toEqual([]); // it looks
  for (const name of ["loud", "silent", "third"]) await come(name);
  await goneAndForgotten("loud");
  await goneAndForgotten("silent");
  await statuses.put(agentStatusOf("loud"));
  await goneAndForgotten("third");
  for (const name of ["loud", "silent", "third"]) await statuses.put(agentStatusOf(name));
  expect(await kept()).toEqual(["silent"]);
  closing.abort();
  await following;
});
