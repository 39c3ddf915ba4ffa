/**
 * A WebSocket that is closed when it says so. A browser waits long for the other side's farewell; a server that stopped
 * answering never gives one, and until then nobody would hear that the connection is lost.
 */
export class PromptSocket extends WebSocket {
  #hasLeft = false;

  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    // The browser's own event, when it comes at last, would count as the loss of the next connection.
    this.addEventListener("close", (event) => {
      if (this.#hasLeft && event.isTrusted) event.stopImmediatePropagation();
    });
  }

  override close(code?: number, reason?: string): void {
    super.close(code, reason);
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.dispatchEvent(new CloseEvent("close", { code: code ?? 1005, reason: reason ?? "", wasClean: false }));
  }
}
