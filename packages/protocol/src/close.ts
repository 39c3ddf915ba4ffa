/** Why a stream was closed. */
export const CloseCode = {
  version: 4001,
  auth: 4002,
  type: 4003,
  busy: 4004,
  draining: 4005,
  notReady: 4006,
  protocolError: 4007,
  slow: 4008,
  timeout: 4009,
  tooLarge: 4010,
} as const;

/** RFC 6455, section 5.5: a control frame holds 125 bytes, two of them the code. More would be an error of the caller's. */
const MAX_REASON_BYTES = 123;
const encoder = new TextEncoder();

/** As much of the text as a close frame holds, in whole characters. */
export function closeReason(text: string): string {
  return text.slice(0, encoder.encodeInto(text, new Uint8Array(MAX_REASON_BYTES)).read);
}
