/** Time as an argument: production passes `systemClock`, tests a `manualClock`. */
export type Clock = {
  now(): Date;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
};

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal.addEventListener("abort", onAbort, { once: true });
    }),
};

/** A clock that moves only when told; sleepers wake when `advance` passes their deadline. */
export function manualClock(start: Date): Clock & { advance(ms: number): void } {
  let at = start.getTime();
  let sleepers: { due: number; wake: () => void }[] = [];
  return {
    now: () => new Date(at),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        sleepers.push({ due: at + ms, wake: resolve });
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
    advance(ms) {
      at += ms;
      const due = sleepers.filter((sleeper) => sleeper.due <= at);
      sleepers = sleepers.filter((sleeper) => sleeper.due > at);
      for (const sleeper of due) sleeper.wake();
    },
  };
}
