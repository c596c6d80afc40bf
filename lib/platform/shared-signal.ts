import { setMaxListeners } from "node:events";

/** Aborts when one of them does. Hundreds may listen to it at a time: Node takes more than ten for a leak and says so. */
export function sharedSignal(...signals: readonly AbortSignal[]): AbortSignal {
  const shared = AbortSignal.any([...signals]);
  setMaxListeners(0, shared);
  return shared;
}
