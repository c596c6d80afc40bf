import type { Tx } from "#lib/platform/db.ts";
import { WAITS_FOR_TURN } from "./waits-for-turn.ts";

const open = { state: { in: ["queued" as const, "running" as const] } };

/** What runs that have not ended say of themselves. */
export async function openRunMessages({ client }: Tx): Promise<(string | null)[]> {
  const rows = await client.evalRun.findMany({ where: open, select: { message: true } });
  return rows.map(({ message }) => message);
}

/** Says of each of them what it waits for; unlike its state, that wakes nobody. */
export async function pauseRuns({ client }: Tx, message: string): Promise<void> {
  await client.evalRun.updateMany({ where: open, data: { message } });
}

/** Those that say so no longer do: they go on, or have their place in the queue again. */
export async function resumeRuns({ client }: Tx, pausedPrefix: string): Promise<void> {
  const message = { startsWith: pausedPrefix };
  await client.evalRun.updateMany({ where: { state: "running", message }, data: { message: null } });
  await client.evalRun.updateMany({ where: { state: "queued", message }, data: { message: WAITS_FOR_TURN } });
}
