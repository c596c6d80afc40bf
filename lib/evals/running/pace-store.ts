import type { Tx } from "#lib/platform/db.ts";

/** The pool whose nodes answer an adapter's runs. */
export async function poolOfAdapter({ client }: Tx, adapterId: string): Promise<string> {
  const { poolId } = await client.adapter.findUniqueOrThrow({ where: { id: adapterId }, select: { poolId: true } });
  return poolId;
}

/** @returns pools by adapter */
export async function poolsOfAdapters(
  { client }: Tx,
  runs: readonly { adapterId: string }[],
): Promise<Map<string, string>> {
  const where = { id: { in: runs.map(({ adapterId }) => adapterId) } };
  const rows = await client.adapter.findMany({ where, select: { id: true, poolId: true } });
  return new Map(rows.map(({ id, poolId }) => [id, poolId]));
}

type Pause = { pausedAt: Date | null; pausedBy: string | null; message: string | null };

/** Pauses a run, or ends that; what it says of itself changes with it. */
export async function setPause({ client }: Tx, runId: string, pause: Pause): Promise<void> {
  await client.evalRun.update({ where: { id: runId }, data: { ...pause, yieldingSince: null }, select: { id: true } });
}

/** What a running run waits for, and since when it yields. */
export async function setWaiting(
  { client }: Tx,
  runId: string,
  waiting: { message: string | null; yieldingSince: Date | null },
): Promise<void> {
  await client.evalRun.updateMany({ where: { id: runId, state: "running" }, data: waiting });
}

/** A worker takes it up. */
export async function setAsking({ client }: Tx, runId: string, at: Date): Promise<void> {
  await client.evalRun.updateMany({
    where: { id: runId, state: "running" },
    data: { askingSince: at },
  });
}
