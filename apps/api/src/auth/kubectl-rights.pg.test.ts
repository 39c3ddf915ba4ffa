import { execFile, execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi } from "../testdata/test-api.ts";
import type { TestApi } from "../testdata/test-api.ts";

/** `auth whoami` is older, its columns are not. */
const OLDEST_MINOR = 28;
const reason = kubectlFault();

describe.skipIf(reason !== undefined)(`rights by kubectl${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
  let server: TestApi;
  beforeAll(async () => {
    server = await startTestApi();
    const commands = [
      "create role setter -n shop --verb=get,list,create --resource=networksets.projectcalico.org",
      "create rolebinding dora -n shop --role=setter --user=dora --serviceaccount=shop:web",
      "create clusterrole tiers --verb=get,list --resource=tiers.projectcalico.org --resource-name=default",
      "create clusterrolebinding devs --clusterrole=tiers --group=devs",
      "create clusterrole scrape --verb=get --non-resource-url=/metrics",
    ];
    for (const command of commands)
      expect(await kubectl(command)).toMatchObject({ code: 0, out: expect.stringContaining("created") });
  });
  afterAll(() => server.stop());

  function kubectl(command: string): Promise<{ code: number; out: string; err: string }> {
    const { promise, resolve } = Promise.withResolvers<{ code: number; out: string; err: string }>();
    const env = { ...process.env, KUBECONFIG: server.kubeconfig, HOME: server.dataDir };
    execFile("kubectl", command.split(" "), { env }, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : 1, out, err }),
    );
    return promise;
  }

  test.each([
    ["--as=dora -n shop", "create networksets.projectcalico.org", "yes"],
    ["--as=dora -n prod", "create networksets.projectcalico.org", "no"],
    ["--as=dora -n shop", "delete networksets.projectcalico.org", "no"],
    ["--as=system:serviceaccount:shop:web -n shop", "list networksets.projectcalico.org", "yes"],
    ["--as=eve --as-group=devs", "get tiers.projectcalico.org/default", "yes"],
    ["--as=eve --as-group=devs", "get tiers.projectcalico.org/other", "no"],
    ["--as=eve --as-group=system:monitoring", "get /metrics", "yes"],
    ["--as=eve", "get /metrics", "no"],
    ["", "* *", "yes"],
  ])("auth can-i %s: %s? %s", async (who, what, answer) => {
    const { out } = await kubectl(`auth can-i ${what} ${who}`.trim());
    expect(out.trim().split(" ")[0]).toBe(answer);
  });

  test("auth can-i --list names what the roles give, there", async () => {
    const { out } = await kubectl("auth can-i --list --as=dora -n shop");
    expect(out).toMatch(/^networksets.projectcalico.org +\[\] +\[\] +\[get list create\]$/m);
    expect(out).toMatch(/^selfsubjectaccessreviews.authorization.k8s.io +\[\] +\[\] +\[create\]$/m);
    expect((await kubectl("auth can-i --list --as=dora -n prod")).out).not.toContain("networksets");
  });

  test("auth whoami tells user, groups and what was impersonated", async () => {
    expect((await kubectl("auth whoami")).out).toMatch(
      /Username +admin\nGroups +\[system:masters system:authenticated\]/,
    );
    const { out } = await kubectl("auth whoami --as=eve --as-group=devs --as-uid=7");
    expect(out).toMatch(/Username +eve\nUID +7\nGroups +\[devs system:authenticated\]/);
  });

  test("describe and get tell what a binding gives", async () => {
    expect((await kubectl("get rolebinding dora -n shop --no-headers")).out).toMatch(/^dora +Role +setter /);
    expect((await kubectl("describe clusterrole scrape")).out).toMatch(/\[\/metrics\] +\[\] +\[get\]/);
  });
});

function kubectlFault(): string | undefined {
  try {
    const text = execFileSync("kubectl", ["version", "--client", "-o", "json"], { encoding: "utf8" });
    const { gitVersion } = (JSON.parse(text) as { clientVersion: { gitVersion: string } }).clientVersion;
    const minor = Number(/^v1\.(\d+)/.exec(gitVersion)?.[1]);
    return minor >= OLDEST_MINOR ? undefined : `kubectl ${gitVersion} is older than v1.${OLDEST_MINOR}`;
  } catch {
    return "kubectl is not installed";
  }
}
