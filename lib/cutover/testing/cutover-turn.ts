import type { Deps } from "#lib/identity/ctx.ts";
import { createLease } from "#lib/platform/lease.ts";
import { advanceAll, CUTOVER_LOOP } from "../loop.ts";

/** One turn of a worker that has just taken over the loop. */
export async function cutoverTurn(deps: Deps): Promise<void> {
  const lease = createLease(deps.db, { name: CUTOVER_LOOP, holder: crypto.randomUUID(), ttlMs: 60_000 });
  const term = await lease.acquire();
  if (term === null) throw new Error("the loop's lease is taken");
  try {
    await advanceAll(deps, { signal: new AbortController().signal, term });
  } finally {
    await lease.release(term);
  }
}
