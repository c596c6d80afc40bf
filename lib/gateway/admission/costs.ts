import type { ExpectedTier } from "#lib/requests/trace/trace.ts";

/** What a swap from each tier costs everybody on the node: the batch stands still meanwhile. */
export const SWAP_MS: Readonly<Record<ExpectedTier, number>> = { gpu: 0, cpu: 40, disk: 590, unknown: 100 };

/** Each request in flight slows the others' steps by about this much over its own time, and they slow it. */
export const PER_REQUEST_MS = 8;
