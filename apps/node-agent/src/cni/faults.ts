import { RT_TABLE_MAIN } from "@percale/kernel";
import type { Rtnetlink } from "@percale/kernel";
import { linkMark } from "./identity.ts";
import { judgeContainer, judgeHost, wrongNeighbours } from "./judgement.ts";
import type { Known } from "./judgement.ts";
import { identityOf } from "./own-links.ts";
import { hostSysctls, sysctlFault } from "./sysctls.ts";
import { openInside } from "./wiring.ts";

/** What is wrong on the node's side. */
export async function hostFaults(host: Rtnetlink, known: Known): Promise<string[]> {
  const { hostInterface, addresses, mac } = known;
  const link = await host.link(hostInterface);
  if (link === undefined || link.alias !== linkMark(known)) return judgeHost(known, { link });
  const routes = await host.routes({ table: RT_TABLE_MAIN });
  const wrong = wrongNeighbours(await host.neighbours(), addresses, { ifIndex: link.index, mac });
  const sysctls = hostSysctls(known).flatMap((sysctl) => sysctlFault(sysctl, host.netns) ?? []);
  return judgeHost(known, { link, routes, wrong, sysctls });
}

/** What is wrong inside the container. What plugins after this one may change (its MAC, a smaller MTU, forwarding) is theirs. */
export async function containerFaults(known: Known): Promise<string[]> {
  const { netns, netnsId, ifName, routeTable: table } = known;
  const current = identityOf(netns);
  if (current === undefined) return [`the namespace ${netns} does not exist`];
  if (current !== netnsId) return [`${netns} is another namespace by now`];
  const inside = openInside(netns);
  try {
    return judgeContainer(known, {
      link: await inside.link(ifName),
      addresses: await inside.addresses(),
      routes: await inside.routes({ table }),
      neighbours: await inside.neighbours(),
      rules: await inside.sourceRules(),
    });
  } finally {
    inside.close();
  }
}
