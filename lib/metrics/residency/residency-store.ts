import type { NodeLimits } from "#lib/fleet/schema.ts";
import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { NodeSlotsQuery } from "../schema.ts";
import type { ResidentTier } from "./node-residency.ts";
import type { ResidencyChanges, ResidencyRow } from "./residency-book.ts";
import type { TierLook } from "./residency-gap.ts";

/** Everything stored, for a scraper that just started. */
export async function listResidency(tx: Tx): Promise<ResidencyRow[]> {
  const rows = await tx.client.residency.findMany({
    select: { nodeId: true, loraName: true, tier: true, epoch: true },
  });
  return rows.flatMap(({ tier, ...row }) => (tier === "absent" ? [] : { ...row, tier }));
}

/** Of these nodes, in whatever process it was seen. */
export async function listResidencyOf(tx: Tx, nodeIds: readonly string[]): Promise<ResidencyRow[]> {
  if (nodeIds.length === 0) return [];
  const rows = await tx.client.residency.findMany({
    where: { nodeId: { in: [...nodeIds] } },
    select: { nodeId: true, loraName: true, tier: true, epoch: true },
  });
  return rows.flatMap(({ tier, ...row }) => (tier === "absent" ? [] : { ...row, tier }));
}

/** Every node with its present epoch and the newest look at it that succeeded. */
export async function listTierLooks(tx: Tx): Promise<{ nodeId: string; epoch: number; look: TierLook | null }[]> {
  const rows = await tx.client.$queryRaw<
    { nodeId: string; epoch: number; at: Date | null; lookEpoch: number; teller: TierLook["teller"] }[]
  >`
    SELECT n."id" AS "nodeId", n."epoch", l.at, l.epoch AS "lookEpoch", l.teller
    FROM "Node" n LEFT JOIN metrics.node_look l ON l.node_id = n."id" ORDER BY n."id"`;
  return rows.map(({ nodeId, epoch, at, lookEpoch, teller }) => ({
    nodeId,
    epoch,
    look: at && { at, epoch: lookEpoch, teller },
  }));
}

/** One statement for what is new or moved, one for what is gone. Nodes removed meanwhile are passed over. */
export async function saveResidency(tx: Tx, { put, drop }: ResidencyChanges): Promise<void> {
  if (put.length > 0)
    await tx.client.$executeRaw`
      INSERT INTO "Residency" ("nodeId", "loraName", "tier", "epoch", "since", "seenAt")
      SELECT row."nodeId", row."loraName", row."tier", row."epoch", row."since", row."since"
      FROM jsonb_to_recordset(${JSON.stringify(put)}::jsonb) AS row
        ("nodeId" text, "loraName" text, "tier" "ResidencyTier", "epoch" int, "since" timestamptz)
      JOIN "Node" n ON n."id" = row."nodeId"
      ON CONFLICT ("nodeId", "loraName") DO UPDATE
        SET "tier" = EXCLUDED."tier", "epoch" = EXCLUDED."epoch", "since" = EXCLUDED."since", "seenAt" = EXCLUDED."seenAt"`;
  if (drop.length > 0)
    await tx.client.$executeRaw`
      DELETE FROM "Residency" r USING jsonb_to_recordset(${JSON.stringify(drop)}::jsonb) AS gone
        ("nodeId" text, "loraName" text)
      WHERE r."nodeId" = gone."nodeId" AND r."loraName" = gone."loraName"`;
}

export type ResidentNode = {
  epoch: number;
  simulated: boolean;
  limits: NodeLimits | null;
  pool: { maxLoras: number; maxCpuLoras: number };
  /** Names that the node lists. */
  loaded: readonly string[];
  resident: readonly { loraName: string; tier: ResidentTier; since: Date }[];
};

const RESIDENT = {
  epoch: true,
  simulated: true,
  limits: true,
  pool: { select: { maxLoras: true, maxCpuLoras: true } },
  registrations: { select: { loraName: true } },
  residencies: { select: { loraName: true, tier: true, since: true, epoch: true } },
} satisfies Prisma.NodeSelect;

function toResident<Row extends Prisma.NodeGetPayload<{ select: typeof RESIDENT }>>({
  registrations,
  residencies,
  limits,
  ...node
}: Row) {
  return {
    ...node,
    limits: limits as NodeLimits | null,
    loaded: registrations.map(({ loraName }) => loraName),
    resident: residencies.flatMap(({ tier, epoch, ...known }) =>
      tier === "absent" || epoch !== node.epoch ? [] : { ...known, tier },
    ),
  };
}

/** A node with what is known of its tiers in its present process. */
export async function readResidentNode(tx: Tx, nodeId: string): Promise<ResidentNode | null> {
  const row = await tx.client.node.findUnique({ where: { id: nodeId }, select: RESIDENT });
  return row && toResident(row);
}

/** The same of many, newest first. */
export async function listResidentNodes(tx: Tx, query: NodeSlotsQuery): Promise<Page<ResidentNode & { id: string }>> {
  const rows = await tx.client.node.findMany({
    ...pageArgs(query),
    where: query.poolId === undefined ? {} : { poolId: query.poolId },
    select: { id: true, ...RESIDENT },
  });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map(({ id, ...row }) => ({ id, ...toResident(row) })) };
}

export type NamedVersion = {
  loraName: string;
  versionId: string;
  versionNumber: number;
  tenantId: string;
  tenantSlug: string;
  adapterSlug: string;
};

/** Whose names these are; names that nobody here gave are absent. */
export async function versionsByLoraName(tx: Tx, loraNames: readonly string[]): Promise<NamedVersion[]> {
  const rows = await tx.client.adapterVersion.findMany({
    where: { loraName: { in: [...loraNames] } },
    select: {
      id: true,
      number: true,
      loraName: true,
      tenantId: true,
      tenant: { select: { slug: true } },
      adapter: { select: { slug: true } },
    },
  });
  return rows.flatMap(({ id, number, loraName, tenantId, tenant, adapter }) =>
    loraName === null
      ? []
      : {
          loraName,
          versionId: id,
          versionNumber: number,
          tenantId,
          tenantSlug: tenant.slug,
          adapterSlug: adapter.slug,
        },
  );
}
