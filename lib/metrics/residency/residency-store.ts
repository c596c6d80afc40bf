import type { NodeLimits } from "#lib/fleet/schema.ts";
import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { NodeSlotsQuery, ResidencyTier } from "../schema.ts";
import type { ResidentTier } from "./node-residency.ts";
import type { TierScrape } from "./residency-gap.ts";
import type { ResidencyChanges, ResidencyRow, ResidencyScrape } from "./residency-tracker.ts";

/** What lasts, as nodes measured it. */
const MEASURED_NOW = { source: "measured", endedAt: null } satisfies Prisma.ResidencyIntervalWhereInput;
/** A node reports these two; the others are a follower's. */
const isResident = (tier: ResidencyTier): tier is ResidentTier => tier === "gpu" || tier === "cpu";

/** Where adapters are now, of these nodes or of all, in whatever process it was seen. */
export async function listResidency(tx: Tx, nodeIds?: readonly string[]): Promise<ResidencyRow[]> {
  if (nodeIds?.length === 0) return [];
  const rows = await tx.client.residencyInterval.findMany({
    where: { ...MEASURED_NOW, ...(nodeIds && { nodeId: { in: [...nodeIds] } }) },
    select: { nodeId: true, loraName: true, tier: true, epoch: true },
  });
  return rows.flatMap(({ tier, ...row }) => (isResident(tier) ? { ...row, tier } : []));
}

/** Every node with its present epoch and the newest scrape of it that succeeded. */
export async function listTierScrapes(tx: Tx): Promise<{ nodeId: string; epoch: number; scrape: TierScrape | null }[]> {
  const rows = await tx.client.$queryRaw<
    { nodeId: string; epoch: number; at: Date | null; scrapeEpoch: number; reporter: TierScrape["reporter"] }[]
  >`
    SELECT n."id" AS "nodeId", n."epoch", l.at, l.epoch AS "scrapeEpoch", l.teller AS "reporter"
    FROM "Node" n LEFT JOIN metrics.node_look l ON l.node_id = n."id" ORDER BY n."id"`;
  return rows.map(({ nodeId, epoch, at, scrapeEpoch, reporter }) => ({
    nodeId,
    epoch,
    scrape: at && { at, epoch: scrapeEpoch, reporter },
  }));
}

/**
 * Ends the intervals of what moved or is gone, and begins those of what is new. Where a scrape says nothing of the tiers, they
 * end with it, unknown. Saving the same again changes nothing. Nodes removed meanwhile are passed over.
 * @param scrapes that the changes follow from
 */
export async function saveResidency(
  tx: Tx,
  { put, drop }: ResidencyChanges,
  scrapes: readonly ResidencyScrape[],
): Promise<void> {
  const about = new Map(scrapes.map((scrape) => [scrape.nodeId, scrape]));
  const ended = [...drop, ...put].flatMap(({ nodeId, ...row }) => {
    const { at, epoch, residency } = about.get(nodeId) ?? { at: null, epoch: 0, residency: null };
    return at && { nodeId, tier: null, ...row, at, epoch, isReported: residency !== null };
  });
  await tx.client.$executeRaw`
    UPDATE "residency_interval" r SET "endedAt" = GREATEST(k."at", r."startedAt"), "endReason" = CASE
      WHEN NOT k."isReported" THEN 'unknown' WHEN r."epoch" <> k."epoch" THEN 'restart'
      WHEN k."tier" = 'gpu' THEN 'promoted' ELSE 'evicted' END::"ResidencyEnd"
    FROM jsonb_to_recordset(${JSON.stringify(ended)}::jsonb) AS k
      ("nodeId" text, "loraName" text, "tier" "ResidencyTier", "epoch" int, "at" timestamptz, "isReported" boolean)
    WHERE r."nodeId" = k."nodeId" AND r."loraName" = k."loraName" AND r."source" = 'measured' AND r."endedAt" IS NULL
      AND (r."tier", r."epoch") IS DISTINCT FROM (k."tier", k."epoch")`;
  if (put.length > 0)
    await tx.client.$executeRaw`
      INSERT INTO "residency_interval" ("nodeId", "loraName", "tier", "epoch", "source", "startedAt")
      SELECT k."nodeId", k."loraName", k."tier", k."epoch", 'measured', k."since"
      FROM jsonb_to_recordset(${JSON.stringify(put)}::jsonb) AS k
        ("nodeId" text, "loraName" text, "tier" "ResidencyTier", "epoch" int, "since" timestamptz)
      JOIN "Node" n ON n."id" = k."nodeId"
      WHERE NOT EXISTS (SELECT 1 FROM "residency_interval" r WHERE r."nodeId" = k."nodeId"
        AND r."loraName" = k."loraName" AND r."source" = 'measured' AND r."endedAt" IS NULL)
      ON CONFLICT DO NOTHING`;
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
  residencies: { where: MEASURED_NOW, select: { loraName: true, tier: true, startedAt: true, epoch: true } },
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
    resident: residencies.flatMap(({ loraName, tier, epoch, startedAt: since }) =>
      isResident(tier) && epoch === node.epoch ? { loraName, tier, since } : [],
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
