import * as z from "zod";
import type { Tx } from "#lib/platform/db.ts";
import { readLeaseNote } from "#lib/platform/lease.ts";

/** The loop whose lease carries them. */
export const RECONCILE_LOOP = "reconcile";

/** When each node was last seen, by id. */
export type LastSeen = ReadonlyMap<string, Date>;

const Note = z.object({ seen: z.record(z.string(), z.iso.datetime()) });

export const lastSeenNote = (seen: LastSeen): Record<string, unknown> => ({
  seen: Object.fromEntries([...seen].map(([nodeId, at]) => [nodeId, at.toISOString()])),
});

/**
 * Polls that changed nothing, as the reconcile loop left them on its lease: one row a tick for the whole fleet, where a
 * column of each node would be a write a node.
 */
export async function readLastSeen(tx: Tx): Promise<LastSeen> {
  const note = Note.safeParse(await readLeaseNote(tx, RECONCILE_LOOP));
  return new Map(note.success ? Object.entries(note.data.seen).map(([nodeId, at]) => [nodeId, new Date(at)]) : []);
}

/** A node with the later of what its own row and the last polls say. */
export function withLastSeen<N extends { id: string; lastSeenAt: Date | null }>(node: N, seen: LastSeen): N {
  const at = seen.get(node.id);
  const isLater = at !== undefined && (node.lastSeenAt === null || at > node.lastSeenAt);
  return isLater ? { ...node, lastSeenAt: at } : node;
}
