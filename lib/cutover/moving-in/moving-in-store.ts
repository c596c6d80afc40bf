import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { OPEN_PHASES } from "../phases.ts";

const ROUTE = {
  id: true,
  tenantId: true,
  adapterId: true,
  liveVersionId: true,
  liveSince: true,
  originUntil: true,
  originEndedAt: true,
  originEndpoint: { select: { id: true, name: true, gpus: true, costPerMonth: true } },
  liveVersion: { select: { number: true } },
  adapter: {
    select: {
      slug: true,
      tenant: { select: { slug: true, name: true } },
      cutovers: { where: { phase: { in: [...OPEN_PHASES] } }, select: { id: true } },
    },
  },
} satisfies Prisma.RouteSelect;

type Row = Prisma.RouteGetPayload<{ select: typeof ROUTE }>;

/** A route with an origin, and what its endpoint declares. */
export type OriginRoute = Omit<Row, "originEndpoint" | "liveVersion" | "adapter"> & {
  adapterSlug: string;
  tenantSlug: string;
  tenantName: string;
  endpoint: { id: string; name: string; gpus: number | null; costPerMonth: number | null };
  liveVersionNumber: number | null;
  /** The open cutover. */
  cutoverId: string | null;
};

type OriginFilter = { tenantId?: string | undefined; adapterId?: string | undefined };

/** Of tenants that stay. */
const withOrigin = ({ tenantId, adapterId }: OriginFilter): Prisma.RouteWhereInput => ({
  originEndpointId: { not: null },
  adapter: { tenant: { status: { in: ["active", "suspended"] } } },
  ...(tenantId ? { tenantId } : {}),
  ...(adapterId ? { adapterId } : {}),
});

export async function listOriginRoutes(tx: Tx, query: PageQuery & OriginFilter): Promise<Page<OriginRoute>> {
  const rows = await tx.client.route.findMany({ ...pageArgs(query), where: withOrigin(query), select: ROUTE });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.flatMap(toOriginRoute) };
}

/** All of them, for sums: as many as the fleet has adapters that ever had an origin. */
export async function allOriginRoutes(tx: Tx, filter: OriginFilter): Promise<OriginRoute[]> {
  const rows = await tx.client.route.findMany({ where: withOrigin(filter), orderBy: { id: "asc" }, select: ROUTE });
  return rows.flatMap(toOriginRoute);
}

function toOriginRoute({ originEndpoint, liveVersion, adapter, ...row }: Row): OriginRoute[] {
  if (originEndpoint === null) return [];
  return [
    {
      ...row,
      adapterSlug: adapter.slug,
      tenantSlug: adapter.tenant.slug,
      tenantName: adapter.tenant.name,
      endpoint: { ...originEndpoint, costPerMonth: originEndpoint.costPerMonth?.toNumber() ?? null },
      liveVersionNumber: liveVersion?.number ?? null,
      cutoverId: adapter.cutovers[0]?.id ?? null,
    },
  ];
}

/** Routes whose origin may be switched off since a moment in this window, and was not. */
export async function originsThatMayEnd(tx: Tx, since: Date, now: Date) {
  const rows = await tx.client.route.findMany({
    where: {
      ...withOrigin({}),
      liveVersionId: { not: null },
      originEndedAt: null,
      originUntil: { gt: since, lte: now },
    },
    orderBy: { id: "asc" },
    select: { tenantId: true, adapterId: true, originUntil: true, adapter: ROUTE.adapter },
  });
  return rows.flatMap(({ originUntil, adapter, ...row }) =>
    originUntil === null ? [] : { ...row, originUntil, adapterSlug: adapter.slug, tenantName: adapter.tenant.name },
  );
}
