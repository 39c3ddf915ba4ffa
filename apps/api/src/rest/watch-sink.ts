import type { ServerResponse } from "node:http";
import type { WebSocket } from "ws";
import { onClosed } from "../closed.ts";

const MAX_BUFFERED_BYTES = 8 * 1024 * 1024; // a reader this far behind is cut off: it lists again
/** More than this shall not wait for a reader of the state that a watch begins with. */
const WRITTEN_BYTES = 64 * 1024;

/** Where the events of a watch go. */
export interface WatchSink {
  /** From here on what goes wrong is an event of the watch, not its answer. */
  begin(): void;
  readonly hasBegun: boolean;
  readonly isClosed: boolean;
  /** One event, as JSON. */
  write(event: string): void;
  /** State may be larger than what may wait for a reader: it is written no faster than it is read. Undefined: go on. */
  taken(signal: AbortSignal): Promise<void> | undefined;
  end(): void;
  onClosed(then: () => void): void;
}

/** Chunked JSON, one event a line. */
export function httpSink(response: ServerResponse): WatchSink {
  return {
    begin: () => {
      response.writeHead(200, {
        "content-type": "application/json;stream=watch",
        "cache-control": "no-cache, private",
      });
      response.flushHeaders();
    },
    get hasBegun() {
      return response.headersSent;
    },
    get isClosed() {
      return response.destroyed;
    },
    write: (event) => {
      response.write(`${event}\n`);
      if (response.writableLength > MAX_BUFFERED_BYTES) response.destroy();
    },
    taken: (signal) => {
      if (!response.writableNeedDrain) return undefined;
      return aborted(signal, (done) => {
        response.once("drain", done);
        return () => response.off("drain", done);
      });
    },
    end: () => void response.end(),
    onClosed: (then) => onClosed(response, then),
  };
}

/** One event a message. `open` makes the socket out of the request, once nothing can refuse it any more. */
export function webSocketSink(open: () => WebSocket): WatchSink {
  let socket: WebSocket | undefined;
  let written = Promise.resolve();
  const whenClosed: (() => void)[] = [];
  return {
    begin: () => {
      socket = open();
      for (const then of whenClosed) onClosed(socket, then);
    },
    get hasBegun() {
      return socket !== undefined;
    },
    get isClosed() {
      return socket !== undefined && socket.readyState !== socket.OPEN;
    },
    write: (event) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      written = promise;
      socket?.send(event, () => resolve()); // or it is closed, which is told elsewhere
      if (socket !== undefined && socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.terminate();
    },
    taken: (signal) => {
      if (socket === undefined || socket.bufferedAmount < WRITTEN_BYTES) return undefined;
      return aborted(signal, (done) => {
        const wait = async (): Promise<void> => {
          await written;
          done();
        };
        void wait(); // never fails
        return () => undefined;
      });
    },
    end: () => socket?.close(1000),
    onClosed: (then) => {
      if (socket === undefined) whenClosed.push(then);
      else onClosed(socket, then);
    },
  };
}

/** Resolves when `wait` is done, or the signal aborts. */
function aborted(signal: AbortSignal, wait: (done: () => void) => () => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const forget = wait(done);
  function done(): void {
    forget();
    signal.removeEventListener("abort", done);
    resolve();
  }
  signal.addEventListener("abort", done);
  if (signal.aborted) done();
  return promise;
}
