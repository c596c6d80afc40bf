import { rawEnv } from "#lib/platform/env.ts";
import { identify, isAlive, type ProcessIdentity, parentOf } from "#lib/platform/supervisor/process-identity.ts";

const PARENT_CHECK_MS = 1_000;
/** One Ctrl-C reaches us up to three times: from the terminal, and handed on by npm and by tsx. */
const ECHO_MS = 1_000;

/** Ends with the first signal; `onForce` runs on the second, for people who will not wait. */
export function listenForStop(onStop: () => void, onForce: () => void): AbortController {
  const stop = new AbortController();
  let askedAt = Number.NEGATIVE_INFINITY;
  const receive = (cause: string) => {
    const now = performance.now();
    if (now - askedAt < ECHO_MS) return;
    if (stop.signal.aborted) return onForce();
    askedAt = now;
    onStop();
    stop.abort(new Stopped(cause));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, receive);
  // npm hands a SIGTERM to its shell only, which dies of it and tells nobody.
  if (rawEnv("npm_lifecycle_event") !== undefined) whenStarterEnds(() => stop.signal.aborted || receive("npm's end"));
  return stop;
}

/** Our parent and its parent: npm's shell is one of the two, whether or not tsx stands between it and us. */
const starters = (): ProcessIdentity[] =>
  [process.ppid, parentOf(process.ppid)].flatMap((pid) => (pid === null || pid === 1 ? [] : (identify(pid) ?? [])));

const whenStarterEnds = (onEnd: () => void): void => {
  const watched = starters();
  const timer = setInterval(() => {
    if (watched.every(isAlive)) return;
    clearInterval(timer);
    onEnd();
  }, PARENT_CHECK_MS).unref();
};

/** Not a failure: somebody asked us to end. */
export class Stopped extends Error {
  constructor(cause: string) {
    super(`stopped by ${cause}`);
    this.name = "Stopped";
  }
}
