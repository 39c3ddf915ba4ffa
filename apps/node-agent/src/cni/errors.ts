/** Codes of the CNI specification; 100 and above are ours, and stable. */
export const CniCode = {
  version: 1,
  environment: 4,
  io: 5,
  decode: 6,
  config: 7,
  netns: 8,
  tryLater: 11,
  notAvailable: 50,
  /** No address to give. */
  exhausted: 100,
  /** The interfaces could not be set up. */
  wiring: 101,
  /** The API server refused the change. */
  datastore: 102,
  /** CHECK: not as ADD left it. */
  broken: 103,
  /** An interface of that name belongs to somebody else. */
  taken: 104,
} as const;

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
