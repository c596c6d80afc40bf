import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Prisma } from "#prisma/generated/client.ts";
import type { Database, Tx } from "./db.ts";
import { conflict } from "./errors.ts";
import { platformScope } from "./scope.ts";

/** The right to run one loop. Leadership may overlap for a moment, so every write is fenced by the term as well. */
export type Lease = {
  readonly name: string;
  /** How long the right lasts without a renewal. */
  readonly ttlMs: number;
  /** Takes the lease, or prolongs our own. @returns the term, or null while somebody else holds it */
  acquire(): Promise<bigint | null>;
  /** Keeps what the last run came to; a holder of an older term changes nothing. */
  report(term: bigint, run: LoopRun): Promise<void>;
  /** Hands the lease back, so that a successor need not wait for it to expire. */
  release(term: bigint): Promise<void>;
};

/** What a run came to. `note` is JSON for readers and for the successor; left out = what stands there stays. */
export type LoopRun = { at: Date; error: string | null; note?: Record<string, unknown> };

/** What a write must carry to be accepted: see `requireTerm`. */
export type Fence = { readonly name: string; readonly term: bigint };

/** Names this process as a holder: never the same for two processes, nor for one that was started again. */
export const processHolder = `${hostname()}-${process.pid}-${randomBytes(4).toString("hex")}`;

/**
 * A lease kept as a row. Expiry is judged by the database's clock alone, so hosts may disagree about the time.
 * @param holder unique to this process; two processes with the same name would both believe themselves the holder
 */
export function createLease(db: Database, options: { name: string; holder: string; ttlMs: number }): Lease {
  const { name, holder, ttlMs } = options;
  const write = <T>(change: (tx: Tx) => Promise<T>) => db.write(platformScope, change);
  return {
    name,
    ttlMs,
    acquire: () => write((tx) => takeLease(tx, name, holder, ttlMs)),
    report: (term, run) =>
      write(async (tx) => {
        await tx.client.lease.updateMany({
          where: { name, holder, term },
          data: {
            lastRunAt: run.at,
            lastError: run.error,
            ...(run.note === undefined ? {} : { note: run.note as Prisma.InputJsonObject }),
          },
        });
      }),
    release: (term) =>
      write(async (tx) => {
        await tx.client.$executeRaw`
          UPDATE "Lease" SET "expiresAt" = clock_timestamp() - interval '1 second'
          WHERE "name" = ${name} AND "holder" = ${holder} AND "term" = ${term}`;
      }),
  };
}

async function takeLease(tx: Tx, name: string, holder: string, ttlMs: number): Promise<bigint | null> {
  const rows = await tx.client.$queryRaw<{ term: bigint }[]>`
    INSERT INTO "Lease" AS held ("name", "holder", "term", "expiresAt")
    VALUES (${name}, ${holder}, 1, clock_timestamp() + ${ttlMs} * interval '1 millisecond')
    ON CONFLICT ("name") DO UPDATE SET
      "holder" = EXCLUDED."holder",
      "term" = CASE WHEN held."holder" = EXCLUDED."holder" THEN held."term" ELSE held."term" + 1 END,
      "expiresAt" = EXCLUDED."expiresAt"
    WHERE held."holder" = EXCLUDED."holder" OR held."expiresAt" <= clock_timestamp()
    RETURNING "term"`;
  return rows[0]?.term ?? null;
}

/**
 * Call first in every transaction of a loop. Locks the lease row in share mode until the transaction ends, so a
 * successor cannot take over between this check and the commit.
 * @throws AppError `conflict` (`lease_lost`) when a newer term exists: nothing of the transaction is kept
 */
export async function requireTerm(tx: Tx, fence: Fence): Promise<void> {
  const rows = await tx.client.$queryRaw<{ term: bigint }[]>`
    SELECT "term" FROM "Lease" WHERE "name" = ${fence.name} FOR SHARE`;
  if (rows[0]?.term !== fence.term)
    throw conflict("lease_lost", `Another worker took over the loop ${fence.name}; this write was refused.`);
}

/** What the last run of a loop left, as it was given; null when there is nothing. */
export async function readLeaseNote(tx: Tx, name: string): Promise<unknown> {
  const row = await tx.client.lease.findUnique({ where: { name }, select: { note: true } });
  return row?.note ?? null;
}

/** How each loop fares, for `/system` and the system health. Never-run loops are absent. */
export const listLeases = (tx: Tx) =>
  tx.client.lease.findMany({
    orderBy: { name: "asc" },
    select: { name: true, holder: true, term: true, expiresAt: true, lastRunAt: true, lastError: true },
  });
