import { forMany } from "#lib/platform/shared-signal.ts";

/** Aborts when this process is asked to end; what it still does must be over within 25 s, or it is killed. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort(new Error(signal)));
  return forMany(stop.signal);
}
