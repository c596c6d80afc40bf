import type { Deps } from "#lib/identity/ctx.ts";
import { createLease } from "#lib/platform/lease.ts";
import { RELEASE_LOOP, releaseAll } from "../policy/release-loop.ts";

/** One turn of a worker that has just taken over the loop of release policies. */
export async function releaseTurn(deps: Deps): Promise<void> {
  const lease = createLease(deps.db, { name: RELEASE_LOOP, holder: crypto.randomUUID(), ttlMs: 60_000 });
  const term = await lease.acquire();
  if (term === null) throw new Error("the loop's lease is taken");
  try {
    await releaseAll(deps, { signal: new AbortController().signal, term });
  } finally {
    await lease.release(term);
  }
}
