import { isKernelError } from "../addon.ts";
import { NETLINK_ROUTE, NetlinkSocket } from "../netlink/socket.ts";
import type { Message } from "../netlink/reader.ts";
import { parseInterfaceAddress, parseLink, parseNeighbour, parseRoute, parseSettings, RTM } from "./codec.ts";
import type { RtnetlinkEvent } from "./model.ts";

/** RTNLGRP: link, neighbour, IPv4 and IPv6 addresses and routes, settings of both families. */
const GROUPS = [1, 3, 5, 7, 9, 11, 24, 25];

export function watchRtnetlink({
  netns,
  onEvent,
}: {
  readonly netns: string | undefined;
  readonly onEvent: (event: RtnetlinkEvent) => void;
}): () => void {
  const socket = new NetlinkSocket({ protocol: NETLINK_ROUTE, netns, receiveBytes: 8 * 1024 * 1024 });
  for (const group of GROUPS) socket.join(group);
  let stopped = false;
  socket.onReadable(() => {
    try {
      for (const message of socket.pending("watch rtnetlink")) {
        const event = eventOf(message);
        if (event !== undefined && !stopped) onEvent(event);
        if (stopped) return;
      }
    } catch (error) {
      if (!isKernelError(error, "ENOBUFS")) throw error;
      onEvent({ t: "lost" });
    }
  });
  return () => {
    stopped = true;
    socket.close();
  };
}

function eventOf(message: Message): RtnetlinkEvent | undefined {
  switch (message.type) {
    case RTM.NEWLINK:
    case RTM.DELLINK: {
      const link = parseLink(message);
      return link && { t: message.type === RTM.NEWLINK ? "link" : "linkRemoved", link };
    }
    case RTM.NEWADDR:
    case RTM.DELADDR: {
      const address = parseInterfaceAddress(message);
      return address && { t: message.type === RTM.NEWADDR ? "address" : "addressRemoved", address };
    }
    case RTM.NEWROUTE:
    case RTM.DELROUTE: {
      const route = parseRoute(message);
      return route && { t: message.type === RTM.NEWROUTE ? "route" : "routeRemoved", route };
    }
    case RTM.NEWNEIGH:
    case RTM.DELNEIGH: {
      const neighbour = parseNeighbour(message);
      return neighbour && { t: message.type === RTM.NEWNEIGH ? "neighbour" : "neighbourRemoved", neighbour };
    }
    case RTM.NEWNETCONF:
      return { t: "settings", ...parseSettings(message) };
    default:
      return undefined; // a kind that we do not follow
  }
}
