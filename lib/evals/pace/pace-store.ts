import type { Tx } from "#lib/platform/db.ts";

/** The pool whose nodes answer an adapter's runs. */
export async function poolOfAdapter({ client }: Tx, adapterId: string): Promise<string> {
  const { poolId } = await client.adapter.findUniqueOrThrow({ where: { id: adapterId }, select: { poolId: true } });
  return poolId;
}
