import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Condition, Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { NodeEvent } from "./look.ts";
import type { NodeState, RegistrationRow } from "./node-state.ts";
import type { Observation } from "./observe-node.ts";
import type { LoadEvent, ProbeResult } from "./schema.ts";

const json = (value: unknown) => value as Prisma.InputJsonValue;
const readConditions = (value: Prisma.JsonValue) => value as unknown as Condition[];
const readCondition = (value: Prisma.JsonValue | null) => value as unknown as Condition | null;

// --- nodes -----------------------------------------------------------------------------------------------------

const nodeInclude = {
  pool: { select: { slug: true } },
  placements: { select: { desire: true, condition: true } },
  registrations: {
    where: { state: "drift" },
    select: { loraName: true, loadedAt: true },
    orderBy: { loraName: "asc" },
  },
} satisfies Prisma.NodeInclude;

const toNodeRecord = (row: Prisma.NodeGetPayload<{ include: typeof nodeInclude }>) => {
  const { pool, registrations, placements, conditions, pricePerHour, ...node } = row;
  return {
    ...node,
    poolSlug: pool.slug,
    pricePerHour: pricePerHour === null ? null : Number(pricePerHour),
    conditions: readConditions(conditions),
    placements: placements.map(({ desire, condition }) => ({ desire, condition: readCondition(condition) })),
    drift: registrations,
  };
};
/** A node as the API shows it, before its health is decided. The platform's own: no tenant may read it. */
export type NodeRecord = ReturnType<typeof toNodeRecord>;

export async function listNodes(tx: Tx, query: PageQuery & { poolId?: string }): Promise<Page<NodeRecord>> {
  const where = query.poolId ? { poolId: query.poolId } : {};
  const rows = await tx.client.node.findMany({ ...pageArgs(query), where, include: nodeInclude });
  return toPage(rows.map(toNodeRecord), query.limit);
}

export async function getNode(tx: Tx, nodeId: string): Promise<NodeRecord | null> {
  const row = await tx.client.node.findUnique({ where: { id: nodeId }, include: nodeInclude });
  return row && toNodeRecord(row);
}

export type NewNode = {
  id: string;
  poolId: string;
  name: string;
  baseUrl: string;
  sealedKey: string | null;
  standalone: boolean;
  gpu: string | null;
  pricePerHour: number | null;
  engineVersion: string | null;
  simulated: boolean;
};

/** @returns the field that another node has already, and null when the node was added */
export async function insertNode(tx: Tx, node: NewNode): Promise<"name" | "baseUrl" | null> {
  const rival = await tx.client.node.findFirst({
    where: { OR: [{ name: node.name }, { baseUrl: node.baseUrl }] },
    select: { name: true },
  });
  if (rival) return rival.name === node.name ? "name" : "baseUrl";
  await tx.client.node.create({ data: node, select: { id: true } });
  return null;
}

export async function setCordoned(tx: Tx, nodeId: string, cordoned: boolean): Promise<void> {
  await tx.client.node.updateMany({ where: { id: nodeId }, data: { cordoned, generation: { increment: 1 } } });
}

/** Takes the node with its placements and registrations; its events stay. */
export const deleteNode = (tx: Tx, nodeId: string) => tx.client.node.deleteMany({ where: { id: nodeId } });

/** Nodes of a pool, oldest first, with what decides whether they serve. */
export async function nodesOfPool(tx: Tx, poolId: string) {
  const rows = await tx.client.node.findMany({
    where: { poolId },
    orderBy: { id: "asc" },
    select: { id: true, name: true, standalone: true, cordoned: true, conditions: true },
  });
  return rows.map((row) => ({ ...row, conditions: readConditions(row.conditions) }));
}

/** Where a version is proven: a registration that passed its probe in the node's present epoch. */
export async function routableRegistrations(tx: Tx, versionId: string) {
  const rows = await tx.client.registration.findMany({
    where: { versionId, state: "routable" },
    orderBy: { nodeId: "asc" },
    select: {
      loraName: true,
      epoch: true,
      node: { select: { id: true, name: true, standalone: true, cordoned: true, conditions: true, epoch: true } },
    },
  });
  return rows
    .filter((row) => row.epoch === row.node.epoch)
    .map(({ loraName, node }) => ({ loraName, node: { ...node, conditions: readConditions(node.conditions) } }));
}

// --- events ----------------------------------------------------------------------------------------------------

export async function addEvents(tx: Tx, nodeId: string, events: readonly NodeEvent[], at: Date): Promise<void> {
  if (events.length === 0) return;
  await tx.client.loadEvent.createMany({
    data: events.map((event) => ({
      id: newId("loadEvent"),
      nodeId,
      tenantId: event.placement?.tenantId ?? null,
      versionId: event.placement?.versionId ?? null,
      loraName: event.placement?.loraName ?? event.loraName ?? null,
      kind: event.kind,
      outcome: event.outcome,
      durationMs: event.durationMs === undefined ? null : Math.round(event.durationMs),
      message: event.message,
      at,
    })),
  });
}

export async function listEvents(tx: Tx, nodeId: string, query: PageQuery): Promise<Page<LoadEvent>> {
  const rows = await tx.client.loadEvent.findMany({ ...pageArgs(query), where: { nodeId } });
  return toPage(
    rows.map((row) => ({ ...(row as typeof row & Pick<LoadEvent, "kind" | "outcome">), at: row.at.toISOString() })),
    query.limit,
  );
}

// --- placements and holds --------------------------------------------------------------------------------------

/** Serialises everything that changes what a version's placements should be, until the transaction ends. */
export async function lockPlacements(tx: Tx, versionId: string): Promise<void> {
  await tx.client.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`placements:${versionId}`}, 0))`;
}

export async function versionForPlacement(tx: Tx, versionId: string) {
  const row = await tx.client.adapterVersion.findFirst({
    where: { id: versionId, ...tenantWhere(tx.scope) },
    select: {
      id: true,
      tenantId: true,
      state: true,
      adapter: { select: { poolId: true, route: { select: { liveVersionId: true } } } },
    },
  });
  if (!row) return null;
  const { adapter, ...version } = row;
  return { ...version, poolId: adapter.poolId, isLive: adapter.route?.liveVersionId === row.id };
}

export type NewHold = { tenantId: string; versionId: string; nodeId: string; holder: string; reason: string };

/** Wants a version on a node on a holder's behalf; wanting it again after it was let go starts afresh. */
export async function wantPlacement(tx: Tx, { holder, reason, ...placement }: NewHold): Promise<void> {
  const key = { versionId_nodeId: { versionId: placement.versionId, nodeId: placement.nodeId } };
  const known = await tx.client.placement.findUnique({ where: key, select: { id: true, desire: true } });
  const again = { desire: "present", generation: { increment: 1 }, attempts: 0, nextAttemptAt: null } as const;
  const { id } =
    known?.desire === "present"
      ? known
      : await tx.client.placement.upsert({
          where: key,
          create: { id: newId("placement"), ...placement },
          update: again,
          select: { id: true },
        });
  const hold = { placementId: id, tenantId: placement.tenantId, holder, reason };
  await tx.client.hold.createMany({ data: [hold], skipDuplicates: true });
}

/** Drops one holder's holds on a version. @returns how many there were */
export async function dropHolds(tx: Tx, versionId: string, holder: string): Promise<number> {
  const { count } = await tx.client.hold.deleteMany({ where: { holder, placement: { versionId } } });
  return count;
}

/** Whatever nobody holds any more should go. @returns how many placements that turned */
export async function letGoUnheld(tx: Tx, versionId: string): Promise<number> {
  const { count } = await tx.client.placement.updateMany({
    where: { versionId, desire: "present", holds: { none: {} } },
    data: { desire: "absent", generation: { increment: 1 }, attempts: 0, nextAttemptAt: null },
  });
  return count;
}

/** Starts over what failed: a person asks for another try. */
export async function retryFailed(tx: Tx, versionId: string, nodeIds: readonly string[]): Promise<void> {
  await tx.client.placement.updateMany({
    where: { versionId, nodeId: { in: [...nodeIds] }, attempts: { gt: 0 } },
    data: { generation: { increment: 1 }, attempts: 0, nextAttemptAt: null },
  });
  await tx.client.registration.updateMany({
    where: { versionId, nodeId: { in: [...nodeIds] }, state: "failed" },
    data: { state: "loaded" },
  });
}

export async function holdersOfVersion(tx: Tx, versionId: string): Promise<string[]> {
  const rows = await tx.client.hold.findMany({ where: { placement: { versionId } }, select: { holder: true } });
  return [...new Set(rows.map(({ holder }) => holder))];
}

export const countHoldsOnNode = (tx: Tx, nodeId: string): Promise<number> =>
  tx.client.hold.count({ where: { placement: { nodeId } } });

export const countPlacements = (tx: Tx, versionId: string): Promise<number> =>
  tx.client.placement.count({ where: { versionId } });

export async function versionsOnNode(tx: Tx, nodeId: string): Promise<string[]> {
  const rows = await tx.client.placement.findMany({ where: { nodeId }, select: { versionId: true } });
  return rows.map(({ versionId }) => versionId);
}

/** Every hold on the given nodes. */
export async function holdsOnNodes(tx: Tx, nodeIds: readonly string[]) {
  const rows = await tx.client.hold.findMany({
    where: { placement: { nodeId: { in: [...nodeIds] }, desire: "present" } },
    select: { holder: true, reason: true, tenantId: true, placement: { select: { versionId: true, nodeId: true } } },
  });
  return rows.map(({ placement, ...hold }) => ({ ...hold, ...placement }));
}

export async function pageOfPlacements(tx: Tx, query: PageQuery & { versionId?: string; nodeId?: string }) {
  const { versionId, nodeId } = query;
  const wanted = { ...(versionId ? { versionId } : {}), ...(nodeId ? { nodeId } : {}), ...tenantWhere(tx.scope) };
  const rows = await tx.client.placement.findMany({ ...pageArgs(query), where: wanted });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map((row) => ({ ...row, condition: readCondition(row.condition) })) };
}

/** What the nodes say about the given versions. */
export async function registrationsOf(tx: Tx, versionIds: readonly string[]) {
  const rows = await tx.client.registration.findMany({
    where: { versionId: { in: [...versionIds] }, ...tenantWhere(tx.scope) },
    select: { versionId: true, nodeId: true, loadedAt: true, probe: true },
  });
  return rows.map((row) => ({ ...row, probe: row.probe as ProbeResult | null }));
}

/** Nodes and holds are the platform's: a tenant's transaction could not read them. */
export const nodeNames = (tx: Tx, nodeIds: readonly string[]) =>
  tx.client.node.findMany({ where: { id: { in: [...nodeIds] } }, select: { id: true, name: true } });

export const holdsOfPlacements = (tx: Tx, placementIds: readonly string[]) =>
  tx.client.hold.findMany({
    where: { placementId: { in: [...placementIds] } },
    orderBy: { holder: "asc" },
    select: { placementId: true, holder: true, reason: true },
  });

// --- the reconcile loop ----------------------------------------------------------------------------------------

export async function listNodeIds(tx: Tx): Promise<string[]> {
  const rows = await tx.client.node.findMany({ select: { id: true }, orderBy: { id: "asc" } });
  return rows.map(({ id }) => id);
}

const stateInclude = {
  pool: { select: { id: true, baseModel: true, adapterDirectory: true } },
  registrations: { select: { loraName: true, versionId: true, epoch: true, state: true, probe: true } },
  placements: {
    orderBy: { id: "asc" },
    include: {
      holds: { select: { holder: true } },
      version: {
        select: {
          loraName: true,
          storePath: true,
          state: true,
          files: { select: { path: true, sizeBytes: true, sha256: true }, orderBy: { path: "asc" } },
        },
      },
    },
  },
} satisfies Prisma.NodeInclude;

export async function readNodeState(tx: Tx, nodeId: string): Promise<NodeState | null> {
  const row = await tx.client.node.findUnique({ where: { id: nodeId }, include: stateInclude });
  if (!row) return null;
  return {
    ...row,
    conditions: readConditions(row.conditions),
    registrations: row.registrations.map((registration) => ({
      ...registration,
      probe: registration.probe as ProbeResult | null,
    })),
    placements: row.placements.flatMap(({ version, holds, condition, ...placement }) =>
      version.loraName === null || version.storePath === null
        ? []
        : {
            ...placement,
            condition: readCondition(condition),
            loraName: version.loraName,
            storePath: version.storePath,
            isLoadable: version.state === "ready",
            files: version.files.map((file) => ({
              path: file.path,
              sizeBytes: Number(file.sizeBytes),
              sha256: file.sha256 ?? "",
            })),
            holders: holds.map(({ holder }) => holder),
          },
    ),
  };
}

/** Writes what a look changed, and no column that did not change: routing listens to some of them. */
export async function saveObservation(tx: Tx, before: NodeState, seen: Observation, now: Date): Promise<void> {
  const { conditions, epoch, ...plain } = seen.node;
  const { engineVersion, processStartedAt, simulated, lastSeenAt } = plain;
  const { count } = await tx.client.node.updateMany({
    where: { id: before.id },
    data: {
      ...{ engineVersion, processStartedAt, simulated, lastSeenAt },
      ...(epoch === before.epoch ? {} : { epoch }),
      ...(conditions === before.conditions ? {} : { conditions: json(conditions) }),
    },
  });
  if (count === 0) return; // removed meanwhile
  if (seen.lost.length > 0)
    await tx.client.registration.deleteMany({ where: { nodeId: before.id, loraName: { in: [...seen.lost] } } });
  for (const registration of seen.changedRegistrations)
    await putRegistration(tx, before.id, registration, now, ownerOf(before, registration));
  if (seen.restarted)
    await tx.client.placement.updateMany({
      where: { nodeId: before.id, attempts: { gt: 0 } },
      data: { attempts: 0, nextAttemptAt: null },
    });
  await saveConditions(tx, seen.changedConditions);
  await addEvents(tx, before.id, seen.events, now);
}

const ownerOf = (node: NodeState, registration: RegistrationRow): string | null =>
  registration.versionId === null
    ? null
    : (node.placements.find(({ versionId }) => versionId === registration.versionId)?.tenantId ?? null);

type ConditionChange = Observation["changedConditions"][number];

async function saveConditions(tx: Tx, changes: readonly ConditionChange[]): Promise<void> {
  if (changes.length === 0) return;
  await tx.client.$executeRaw`
    UPDATE "Placement" p SET "condition" = c.condition, "observedGeneration" = c.generation, "updatedAt" = now()
    FROM jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) AS c("placementId" text, "generation" int, "condition" jsonb)
    WHERE p."id" = c."placementId"`;
}

export async function putRegistration(
  tx: Tx,
  nodeId: string,
  row: RegistrationRow,
  now: Date,
  tenantId: string | null,
): Promise<void> {
  const { loraName, probe, ...known } = row;
  const data = { ...known, tenantId, probe: probe === null ? Prisma.DbNull : json(probe), seenAt: now };
  await tx.client.registration.upsert({
    where: { nodeId_loraName: { nodeId, loraName } },
    create: { id: newId("registration"), nodeId, loraName, ...data, loadedAt: now },
    update: data,
    select: { id: true },
  });
}

export const dropRegistration = (tx: Tx, nodeId: string, loraName: string) =>
  tx.client.registration.deleteMany({ where: { nodeId, loraName } });

/** Where an attempt stands; `attempts` and the next time are set together, and left alone when not given. */
export async function savePlacement(
  tx: Tx,
  change: ConditionChange & { retry?: { attempts: number; nextAttemptAt: Date | null } },
): Promise<void> {
  await tx.client.placement.updateMany({
    where: { id: change.placementId },
    data: { condition: json(change.condition), observedGeneration: change.generation, ...change.retry },
  });
}

/** True while the placement is still unwanted; asked right before an unload, since somebody may want it again. */
export async function isStillUnwanted(tx: Tx, placementId: string): Promise<boolean> {
  const count = await tx.client.placement.count({ where: { id: placementId, desire: "absent", holds: { none: {} } } });
  return count === 1;
}

/** Deletes a placement that nobody wants. @returns false when somebody wants it again */
export async function forgetPlacement(tx: Tx, placementId: string): Promise<boolean> {
  const { count } = await tx.client.placement.deleteMany({
    where: { id: placementId, desire: "absent", holds: { none: {} } },
  });
  return count === 1;
}
