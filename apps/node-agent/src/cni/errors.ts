import { IpamContentionError } from "@percale/ipam";
import { CniCode } from "@percale/protocol";
import { ApiError, ApiUnreachable } from "../api/client.ts";

export class CniError extends Error {
  override readonly name = "CniError";
  readonly code: number;
  readonly details: string;

  constructor(code: number, message: string, details = "") {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** True for failures that pass when the API server is back: what it takes to queue a deletion. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ApiUnreachable || (error instanceof ApiError && (error.code >= 500 || error.code === 429));
}

/** Every failure has one code, by its cause. */
export function toCniError(error: unknown): CniError {
  if (error instanceof CniError) return error;
  const said = String(error);
  if (isUnreachable(error)) return new CniError(CniCode.tryLater, "the API server does not answer", said);
  if (error instanceof IpamContentionError)
    return new CniError(CniCode.tryLater, "too many others take addresses at once", said);
  if (error instanceof ApiError)
    return error.code === 401 || error.code === 403
      ? new CniError(CniCode.forbidden, "the API server does not let this node do it", said)
      : new CniError(CniCode.datastore, "the API server refused the change", said);
  const errno = errnoOf(error);
  const known = BY_ERRNO.find(({ codes }) => codes.includes(errno ?? ""));
  if (known !== undefined) return new CniError(known.code, known.message, said);
  return errno === undefined
    ? new CniError(CniCode.internal, "the node agent has a fault", said)
    : new CniError(CniCode.wiring, "the node refused a step of the attachment", said);
}

/** What the kernel or the file system of this node said: the API server has no part in these. */
const BY_ERRNO: readonly { readonly code: number; readonly message: string; readonly codes: readonly string[] }[] = [
  {
    code: CniCode.unsupported,
    message: "this kernel lacks something that attachment needs: see which modules are missing",
    codes: ["EOPNOTSUPP", "ENOTSUP", "ENOSYS", "EAFNOSUPPORT", "EPROTONOSUPPORT"],
  },
  {
    code: CniCode.notPermitted,
    message: "the node agent lacks a privilege: it needs root, or CAP_NET_ADMIN and CAP_SYS_ADMIN",
    codes: ["EPERM", "EACCES"],
  },
  {
    code: CniCode.nodeExhausted,
    message: "something of the node is used up",
    codes: ["ENOSPC", "EDQUOT", "ENOMEM", "ENOBUFS", "EMFILE", "ENFILE"],
  },
  { code: CniCode.nodeStorage, message: "the node's storage cannot be written", codes: ["EROFS", "EIO", "ENOTDIR"] },
  { code: CniCode.taken, message: "something of that name exists already", codes: ["EEXIST"] },
  { code: CniCode.tryLater, message: "the node is busy with the same thing", codes: ["EBUSY", "EAGAIN", "EINTR"] },
];

/** Of a KernelError or one of Node's own, also where it caused another. */
function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { readonly code?: unknown }; // both kinds have it as text
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : errnoOf(error.cause);
}
