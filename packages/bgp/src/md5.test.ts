import { expect, test } from "vitest";
import { Md5Counter, md5RefusedOf } from "./index.ts";

const NETSTAT = `TcpExt: SyncookiesSent TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure TCPSackShifted
TcpExt: 5 15 23 4 9
IpExt: InNoRoutes
IpExt: 7
`;

test("the kernel's counters are found by their names", () => {
  expect(md5RefusedOf(NETSTAT)).toEqual({ notFound: 15, unexpected: 23, failure: 4 });
  expect(md5RefusedOf("TcpExt: SyncookiesSent\nTcpExt: 5\n")).toBeUndefined();
});

test("what was counted before the last minute is not told", () => {
  const counter = new Md5Counter();
  const at = (second: number, failure: number): number =>
    counter.note({ notFound: 9, unexpected: 9, failure }, second * 1000).failure;
  expect([at(0, 100), at(10, 103), at(60, 103), at(69, 103), at(70, 103), at(80, 103)]).toEqual([0, 3, 3, 3, 0, 0]);
});
