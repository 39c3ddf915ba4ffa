import { KernelError } from "@percale/kernel";
import { expect, test } from "vitest";
import { ApiError, ApiUnreachable } from "../api/client.ts";
import { CniCode } from "@percale/protocol";
import { CniError, isUnreachable, toCniError } from "./errors.ts";

const fromFile = (code: string): Error => Object.assign(new Error(`${code}: open`), { code });

test.each<[string, unknown, number, boolean]>([
  ["one of ours", new CniError(CniCode.netns, "no"), 8, false],
  ["no answer", new ApiUnreachable("GET /", new Error("connect ECONNREFUSED")), 11, true],
  ["a failing server", new ApiError(503, "ServiceUnavailable", "no"), 11, true],
  ["a busy server", new ApiError(429, "TooManyRequests", "no"), 11, true],
  ["a token that is none", new ApiError(401, "Unauthorized", "no"), 105, false],
  ["no right", new ApiError(403, "Forbidden", "no"), 105, false],
  ["an invalid object", new ApiError(422, "Invalid", "no"), 102, false],
  ["a kernel without veth", new KernelError("add veth", 95), 106, false],
  ["a kernel without IPv6", new KernelError("add address", 97), 106, false],
  ["no privilege", new KernelError("add veth", 1), 107, false],
  ["no memory", new KernelError("add veth", 12), 108, false],
  ["no descriptor", fromFile("EMFILE"), 108, false],
  ["a full disk", fromFile("ENOSPC"), 108, false],
  ["a read-only disk", fromFile("EROFS"), 109, false],
  ["a folder that is a file", fromFile("ENOTDIR"), 109, false],
  ["a name that is taken", new KernelError("add veth", 17), 104, false],
  ["a busy kernel", new KernelError("list links", 16), 11, false],
  ["a name that is too long", fromFile("ENAMETOOLONG"), 101, false],
  ["a setting that is refused", new KernelError("add veth", 22), 101, false],
  ["a cause below", new Error("cannot", { cause: new KernelError("add veth", 95) }), 106, false],
  ["a certificate of somebody else", Object.assign(new Error("TLS"), { code: "CERT_HAS_EXPIRED" }), 999, false],
  ["a fault of ours", new TypeError("undefined is not a function"), 999, false],
  ["no error at all", "text", 999, false],
])("%s", (_name, error, code, waits) => {
  expect([toCniError(error).code, isUnreachable(error)]).toEqual([code, waits]);
});
