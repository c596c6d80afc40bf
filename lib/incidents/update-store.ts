import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { CustomerUpdatesQuery } from "./browser/incident-schema.ts";
import { type KnownName, namesOfAddress } from "./foreign-words.ts";

/** What a customer may read: who wrote it stays inside. */
const SHOWN = {
  id: true,
  incidentId: true,
  tenantId: true,
  status: true,
  text: true,
  startedAt: true,
  publishedAt: true,
} as const;
export type ShownUpdate = Prisma.IncidentUpdateGetPayload<{ select: typeof SHOWN }>;
export type UpdateRecord = ShownUpdate & { eventId: string; by: string };

export async function insertUpdates(tx: Tx, updates: readonly UpdateRecord[]): Promise<void> {
  await tx.client.incidentUpdate.createMany({ data: [...updates] });
}

/** Newest first; a customer's own, by row-level security as well. */
export async function listCustomerUpdates(tx: Tx, query: CustomerUpdatesQuery): Promise<Page<ShownUpdate>> {
  const asked = query.tenantId === undefined ? {} : { tenantId: query.tenantId };
  const rows = await tx.client.incidentUpdate.findMany({
    ...pageArgs(query),
    where: { ...asked, AND: tenantWhere(tx.scope) },
    select: SHOWN,
  });
  return toPage(rows, query.limit);
}

/** All of one incident, newest first. */
export const listPublished = (tx: Tx, incidentId: string) =>
  tx.client.incidentUpdate.findMany({
    where: { incidentId },
    orderBy: { id: "desc" },
    take: 10_000,
    select: { ...SHOWN, eventId: true, by: true, tenant: { select: { name: true } } },
  });

export type NamedTenant = { id: string; slug: string; name: string };
/** Every name that customers must not read of each other, with whose it is; null = the platform's. */
export async function listKnownNames(tx: Tx): Promise<(KnownName & { tenantId: string | null })[]> {
  const tenants = await tx.client.tenant.findMany({ select: { id: true, slug: true, name: true } });
  const nodes = await tx.client.node.findMany({ select: { name: true, baseUrl: true } });
  const endpoints = await tx.client.endpoint.findMany({ select: { tenantId: true, baseUrl: true } });
  const address = (tenantId: string | null, baseUrl: string) =>
    namesOfAddress(baseUrl).map((text) => ({ tenantId, text, what: "address" as const }));
  return [
    ...tenants.flatMap(({ id, slug, name }) =>
      [name, slug].map((text) => ({ tenantId: id, text, what: "tenant" as const })),
    ),
    ...nodes.map(({ name }) => ({ tenantId: null, text: name, what: "node" as const })),
    ...nodes.flatMap(({ baseUrl }) => address(null, baseUrl)),
    ...endpoints.flatMap(({ tenantId, baseUrl }) => address(tenantId, baseUrl)),
  ];
}
