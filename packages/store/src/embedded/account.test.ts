import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { accountIn, canReach } from "./account.ts";

const PASSWD =
  "root:x:0:0:root:/root:/bin/bash\nbroken\npostgres:x:26:27::/var/lib:/bin/sh\nnobody:x:65534:65533::/:\n";

test.each([
  [["percale", "postgres", "nobody"], { name: "postgres", uid: 26, gid: 27 }],
  [["nobody"], { name: "nobody", uid: 65_534, gid: 65_533 }],
])("of %j the first there is runs the database", (names, account) => {
  expect(accountIn(PASSWD, names)).toEqual(account);
});

test.each([["percale"], ["broken"]])("without %s there is nobody to run it", (name) => {
  expect(() => accountIn(PASSWD, [name, "other"])).toThrow(
    `Postgres can't run as root, and /etc/passwd has none of: ${name}, other`,
  );
});

test("an account reaches what lies below folders that everybody may pass, or that are its own", () => {
  const home = mkdtempSync(join(tmpdir(), "percale-reach-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, "a/b"), { recursive: true });
  const path = join(home, "a/b/missing/db");
  const { uid } = statSync(home);
  const other = { name: "other", uid: uid + 1, gid: 1 };
  const reach = (mode: number, account: typeof other | undefined): boolean => {
    chmodSync(join(home, "a"), mode);
    return canReach(path, account);
  };
  chmodSync(home, 0o755);
  expect([reach(0o711, other), reach(0o710, other), reach(0o710, { ...other, uid }), reach(0o000, undefined)]).toEqual([
    true,
    false,
    true,
    true,
  ]);
  expect(reach(0o611, { ...other, uid })).toBe(true);
  expect(reach(0o600, { ...other, uid })).toBe(false);
  chmodSync(join(home, "a"), 0o755);
});
