import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** What a session says of itself, as a line of `show protocols all`. */
type State = "Active" | "Established";

/** The control socket of a BIRD, played by a test: what it does is in the test's hands, what it is told is written down. */
export class TestBird {
  readonly directory = mkdtempSync(join(tmpdir(), "percale-bird-"));
  readonly program = join(this.directory, "bird");
  /** Every command but those that only look. */
  readonly told: string[] = [];
  /** By name of the session. */
  states: Readonly<Record<string, State>> = {};
  isRecovering = false;
  /** The answer to `configure`. */
  configured = "0003 Reconfigured";
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  #starts = 0;

  constructor() {
    const script = `#!/bin/sh
[ "$1" = -p ] && { [ ! -e "$0.words" ] && exit; echo "$3:$(cat "$0.words")" >&2; exit 1; }
echo "$@" >>"$0.starts"
`;
    writeFileSync(this.program, script, { mode: 0o755 });
  }

  /** What `bird -p` says of any text, `LINE:COLUMN words`. */
  refuse(words: string): void {
    writeFileSync(`${this.program}.words`, words);
  }

  /** The arguments of the next start that nobody waited for yet. */
  async start(): Promise<string> {
    const path = `${this.program}.starts`;
    const starts = (): string[] => (existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : []);
    while (starts().length <= this.#starts) await delay(5);
    return starts()[this.#starts++]!;
  }

  async listen(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(join(this.directory, "bird.ctl"), resolve));
  }

  /** As when it is killed: its socket stays behind. */
  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise((resolve) => server.close(resolve));
    writeFileSync(join(this.directory, "bird.ctl"), "");
  }

  /** A line that nobody asked for. */
  say(event: string): void {
    for (const socket of this.#sockets) socket.write(`+${event}\n`);
  }

  async remove(): Promise<void> {
    await this.end();
    rmSync(this.directory, { recursive: true });
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket)).on("error", () => undefined);
    socket.write("0001 BIRD 2.0.12 ready.\n");
    socket.setEncoding("utf8").on("data", (text: string) => {
      for (const command of text.trim().split("\n")) socket.write(`${this.#answer(command)}\n`);
    });
  }

  #answer(command: string): string {
    if (command === "show status")
      return [
        "1000-BIRD 2.0.12",
        "1011-Router ID is 10.0.0.1",
        ...(this.isRecovering ? ["0024-Graceful restart recovery in progress"] : []),
        "0013 Daemon is up and running",
      ].join("\n");
    if (command === "show protocols all")
      return [
        ...Object.entries(this.states).flatMap(([name, state]) => [
          `1002-${name} BGP --- up 2026-11-21 11:44:12.294 ${state}`,
          `1006-  BGP state: ${state}`,
        ]),
        "0000 ",
      ].join("\n");
    this.told.push(command);
    return command === "configure" ? this.configured : "0000 ";
  }
}
