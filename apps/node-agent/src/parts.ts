import { join } from "node:path";
import { StallMonitor } from "@percale/daemon";
import { createDataplane } from "@percale/dataplane";
import { openRtnetlink } from "@percale/kernel";
import type { AgentContext } from "./agent.ts";
import { ApiClient } from "./api/client.ts";
import { Bgp } from "./bird/part.ts";
import { Calculation } from "./calculation/part.ts";
import { Attachment } from "./cni/part.ts";
import { DataplanePart } from "./dataplane-part.ts";
import { HealthEndpoint } from "./health-endpoint.ts";
import { KernelRoutes } from "./kernel-routes/part.ts";
import { takeAgentLocks } from "./lock.ts";
import type { AgentPart } from "./part.ts";
import { Registration } from "./registration/part.ts";
import { StatusReports } from "./status/part.ts";
import { renderStatus } from "./status/render.ts";
import { noteStart } from "./status/starts.ts";
import { Stream } from "./sync/part.ts";

/**
 * The parts of an agent, in the order in which they need each other: each is made when those before it have started.
 *
 *   stream ─ step ─► calculation ─► dataplane            registration: this node's Node
 *          └ step ─► bgp ─► BIRD                         attachment: CNI calls, attached containers
 *          ◄──────── status ◄── what all parts say
 */
export async function* agentParts(context: AgentContext): AsyncGenerator<AgentPart, void, void> {
  const { config, health, metrics, changes, step, tell } = context;
  const log = (component: string) => context.log.child({ component });
  const now = (): number => Date.now();
  const changed = changes.notify;

  const release = takeAgentLocks(config.dataDir); // before anything that another agent may be using
  yield { name: "locks", stop: release };

  const stalls = new StallMonitor({ log: context.log, metrics });
  yield { name: "stalls", start: async () => stalls.start(), stop: () => stalls.close() };

  const netlink = openRtnetlink();
  yield { name: "netlink", stop: () => netlink.close() };

  const dataplane = createDataplane({ log: log("dataplane"), now });
  yield new DataplanePart({ dataplane, changed });

  const calculation = new Calculation({
    node: config.nodeName,
    dataplane,
    log: context.log,
    onProgrammed: (revision) => stream.ack(calculation.pipeline.applied, revision),
    changed,
  });
  yield calculation;

  const api = await ApiClient.open({
    url: config.apiUrl,
    socketPath: config.apiSocket,
    caFile: config.caFile,
    tokenFile: config.tokenFile,
  });
  const stream: Stream = new Stream({ node: config.nodeName, api, log: log("sync"), now, onStep: step, changed });
  yield stream;

  yield new Registration({ config, api, netlink, log: context.log, changed });

  const bgp = !config.bgp
    ? undefined
    : new Bgp({
        node: config.nodeName,
        directory: join(config.dataDir, "bird"),
        program: config.bird,
        keep: config.keepBird,
        held: () => stream.held,
        log: log("bird"),
        changed,
      });
  if (bgp !== undefined) yield bgp;

  yield await Attachment.open({
    node: config.nodeName,
    directory: join(config.dataDir, "attachments"),
    socket: config.cniSocket,
    api,
    stream,
    calculation,
    dataplane,
    netlink,
    changes,
    log: log("cni"),
    now,
  });

  const routes = new KernelRoutes({
    netlink,
    workloadInterfaces: () => new Set(dataplane.state().endpoints.map(({ interfaceName }) => interfaceName)),
    log: context.log,
  });
  yield routes;

  const starts = await noteStart(config.dataDir, new Date(), context.log);
  yield new StatusReports({
    read: () => {
      tell();
      return renderStatus({
        node: config.nodeName,
        starts,
        inSync: stream.inSync,
        pipeline: calculation.pipeline,
        dataplane: dataplane.state(),
        bgp: bgp?.look(),
        routes: routes.look(),
        conditions: health.list(),
        ended: health.ended(),
        rssBytes: process.memoryUsage.rss(),
      });
    },
    report: (status) => stream.report(status),
    changes,
    log: context.log,
  });
  yield new HealthEndpoint({ config, health, metrics, log: context.log });
}
