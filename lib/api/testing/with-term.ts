import type { Database } from "#lib/platform/db.ts";
import { createLease } from "#lib/platform/lease.ts";

/** Takes a loop's lease, as one worker after another does, and runs one turn of it under that term. */
export async function withTerm(db: Database, name: string, run: (term: bigint) => Promise<unknown>): Promise<void> {
  const term = await createLease(db, { name, holder: "this test", ttlMs: 3_600_000 }).acquire();
  if (term === null) throw new Error(`the lease of ${name} is taken`);
  await run(term);
}
