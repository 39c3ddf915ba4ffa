import type { EndpointState } from "@percale/dataplane";
import { expect, test } from "vitest";
import { whenEnforced } from "./enforced.ts";

const what = { revision: 5, endpoint: { kind: "WorkloadEndpoint", namespace: "default", name: "web" }, ifIndex: 7 };

/** A dataplane and a pipeline that say what they are told to. */
function parts() {
  const listeners = new Set<() => void>();
  const { promise: programmed, resolve: program } = Promise.withResolvers<void>();
  let state: EndpointState | undefined;
  const wait = whenEnforced(
    { whenProgrammed: () => programmed },
    {
      endpointState: () => state,
      on: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  );
  const bind = (ifIndex: number): void => {
    state = { ref: what.endpoint, interfaceName: "cali1", state: "up", ifIndex };
    for (const listener of listeners) listener();
  };
  return { wait, program, bind, listeners };
}

async function isDone(promise: Promise<void>): Promise<boolean> {
  await new Promise((resolve) => setImmediate(resolve));
  return Promise.race([promise.then(() => true), Promise.resolve(false)]);
}

test("it waits for the policy and for the link, and not for the link of a container before this one", async () => {
  const { wait, program, bind, listeners } = parts();
  bind(6);
  const done = wait(what, new AbortController().signal);
  program();
  expect(await isDone(done)).toBe(false);
  bind(7);
  await done;
  expect(listeners.size).toBe(0);
});

test("a link that is bound already does not end the wait for the policy", async () => {
  const { wait, program, bind } = parts();
  bind(7);
  const done = wait(what, new AbortController().signal);
  expect(await isDone(done)).toBe(false);
  program();
  await done;
});

test("it stops when told to, and listens no more", async () => {
  const { wait, listeners } = parts();
  const stop = new AbortController();
  const done = wait(what, stop.signal);
  expect(await isDone(done)).toBe(false);
  stop.abort();
  await done;
  expect(listeners.size).toBe(0);
});
