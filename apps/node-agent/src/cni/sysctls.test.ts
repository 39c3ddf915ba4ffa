import { expect, test } from "vitest";
import { hostSysctls, sysctlFault } from "./sysctls.ts";

const v4 = [
  ["net/ipv4/conf/cali1/route_localnet", "1", false],
  ["net/ipv4/neigh/cali1/proxy_delay", "0", true],
  ["net/ipv4/conf/cali1/proxy_arp", "1", false],
  ["net/ipv4/conf/cali1/forwarding", "1", false],
];
const v6 = [
  ["net/ipv6/conf/cali1/accept_dad", "0", true],
  ["net/ipv6/conf/cali1/disable_ipv6", "0", false],
  ["net/ipv6/conf/cali1/proxy_ndp", "1", false],
  ["net/ipv6/conf/cali1/forwarding", "1", false],
];
const always = [["net/ipv6/conf/cali1/accept_ra", "0", true]];

test.each<[addresses: readonly string[], sysctls: readonly (readonly unknown[])[]]>([
  [["10.0.0.5"], [...always, ...v4]],
  [["fd00::5"], [...always, ...v6]],
  [
    ["10.0.0.5", "fd00::5"],
    [...always, ...v4, ...v6],
  ],
  [[], always],
])("the interface of %j has the settings of its families", (addresses, sysctls) => {
  const all = hostSysctls({ hostInterface: "cali1", addresses });
  expect(all.map(({ path, value, optional }) => [path, value, optional])).toEqual(sysctls);
});

test("a setting that is not there is a fault where something depends on it", () => {
  const path = "net/ipv4/conf/no-such-interface/forwarding";
  expect([true, false].map((optional) => sysctlFault({ path, value: "1", optional }, undefined))).toEqual([
    undefined,
    `${path} cannot be read`,
  ]);
});

test("a setting that holds another value is told with both", () => {
  const path = "net/ipv4/ip_default_ttl";
  expect(sysctlFault({ path, value: "0", optional: true }, undefined)).toMatch(
    /^net\/ipv4\/ip_default_ttl is \d+ and not 0$/,
  );
  const [present] = /(?<= is )\d+/.exec(sysctlFault({ path, value: "0", optional: false }, undefined)!)!;
  expect(sysctlFault({ path, value: present, optional: false }, undefined)).toBeUndefined();
});
