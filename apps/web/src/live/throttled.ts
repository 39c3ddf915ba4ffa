/** Runs at once, then at most once per `ms`, the last call never lost. */
export function throttled(ms: number, run: () => void): { (): void; cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  const call = () => {
    if (timer !== undefined) {
      again = true;
      return;
    }
    run();
    timer = setTimeout(() => {
      timer = undefined;
      if (!again) return;
      again = false;
      call();
    }, ms);
  };
  return Object.assign(call, { cancel: () => clearTimeout(timer) });
}
