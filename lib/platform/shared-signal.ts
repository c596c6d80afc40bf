import { setMaxListeners } from "node:events";

/** A signal that hundreds may listen to at a time: Node takes more than ten for a leak, and says so in the log. */
export function forMany(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}

/** The same of one that aborts when one of these does. */
export const sharedSignal = (...signals: readonly AbortSignal[]): AbortSignal => forMany(AbortSignal.any([...signals]));
