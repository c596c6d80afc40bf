import { ERRORS, type Lock, type Locker } from "@tus/server";

type Held = { switchLive: () => void; over: Promise<void> };

/**
 * One writer a file within this process. A newer request asks the older one to end, since that one's connection is
 * most likely dead and only the server has not noticed; other processes are kept out by the claim on disk.
 */
export function createUploadLocks(): Locker {
  const held = new Map<string, Held>();
  return {
    newLock(id: string): Lock {
      let release = () => {};
      return {
        async lock(signal, switchLive) {
          for (let other = held.get(id); other !== undefined; other = held.get(id)) {
            other.switchLive();
            await Promise.race([other.over, aborted(signal)]);
            if (signal.aborted) throw ERRORS.ABORTED;
          }
          const over = new Promise<void>((resolve) => {
            release = () => {
              held.delete(id);
              resolve();
            };
          });
          held.set(id, { switchLive: () => void switchLive(), over });
        },
        async unlock() {
          release();
        },
      };
    },
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
