import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";

type RouteMove = {
  adapterId: string;
  toVersionId: string | null;
  expectedLiveVersionId: string | null;
  isRollback: boolean;
  /** How long its origin is kept as the way back; left out = as it was. */
  originUntil: Date | null | undefined;
  at: Date;
};

/** Nothing has a share beside what is live. */
const ALONE = { candidateVersionId: null, candidateWeight: 0, mirrorVersionId: null, mirrorShare: 0 } as const;

/**
 * One pointer change; the old live version becomes the previous one, unless it is rolled back. Shares that were measured
 * against it end. @returns false when the route moved meanwhile
 */
export async function updateRoute(tx: Tx, move: RouteMove): Promise<boolean> {
  const { count } = await tx.client.route.updateMany({
    where: {
      AND: [{ adapterId: move.adapterId, liveVersionId: move.expectedLiveVersionId }, tenantWhere(tx.scope)],
    },
    data: {
      liveVersionId: move.toVersionId,
      previousVersionId: move.isRollback ? null : move.expectedLiveVersionId,
      liveSince: move.toVersionId === null ? null : move.at,
      ...ALONE,
      ...(move.originUntil === undefined ? {} : { originUntil: move.originUntil }),
      generation: { increment: 1 },
    },
  });
  return count === 1;
}

/** What of a route is edited by people, beside the live pointer. */
export type RouteChange =
  | { originEndpointId: string | null; originUntil: null; originEndedAt: null }
  | { originEndedAt: Date }
  | {
      candidateVersionId: string | null;
      candidateWeight: number;
      mirrorVersionId: string | null;
      mirrorShare: number;
    };

/** @returns false when the route is no longer at `generation` */
export async function saveRoute(tx: Tx, adapterId: string, generation: number, change: RouteChange): Promise<boolean> {
  const { count } = await tx.client.route.updateMany({
    where: { AND: [{ adapterId, generation }, tenantWhere(tx.scope)] },
    data: { ...change, generation: { increment: 1 } },
  });
  return count === 1;
}
