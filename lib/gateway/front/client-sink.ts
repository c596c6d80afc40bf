import type { ServerResponse } from "node:http";
import type { Flow } from "../proxy/upstream.ts";

/** A client that takes nothing for this long only holds a node's slot. */
const STALLED_CLIENT_MS = 60_000;

/**
 * Writes a node's chunks to a client one by one, and holds the node back while the client cannot take more: a slow reader
 * costs no memory here.
 * @param onStalled the client took nothing for a minute
 */
export function createClientSink(
  response: ServerResponse,
  flow: Flow,
  onStalled: () => void,
): { write(chunk: Buffer): void } {
  let stalled: NodeJS.Timeout | null = null;
  response.on("drain", () => {
    if (stalled === null) return;
    clearTimeout(stalled);
    stalled = null;
    flow.resume();
  });
  response.on("close", () => {
    if (stalled !== null) clearTimeout(stalled);
  });
  return {
    write(chunk) {
      if (response.write(chunk) || stalled !== null) return;
      flow.pause();
      stalled = setTimeout(onStalled, STALLED_CLIENT_MS);
    },
  };
}
