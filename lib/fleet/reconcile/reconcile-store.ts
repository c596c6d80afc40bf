import type { Condition } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { readBackend } from "#lib/vllm/engine-backend.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { NodeState, RegistrationRow } from "../node-state.ts";
import { addEvents } from "../node-store.ts";
import type { NodeLimits, ProbeResult } from "../schema.ts";
import type { Observation } from "./observe-node.ts";

const json = (value: unknown) => value as Prisma.InputJsonValue;
const readConditions = (value: Prisma.JsonValue) => value as unknown as Condition[];
const readCondition = (value: Prisma.JsonValue | null) => value as unknown as Condition | null;

export const listNodeAddresses = (tx: Tx): Promise<{ id: string; baseUrl: string }[]> =>
  tx.client.node.findMany({ select: { id: true, baseUrl: true }, orderBy: { id: "asc" } });

const stateInclude = {
  pool: {
    select: { id: true, baseModel: true, adapterDirectory: true, delivery: true, driftPolicy: true, maxCpuLoras: true },
  },
  registrations: {
    select: { loraName: true, versionId: true, epoch: true, state: true, probe: true, verifiedDigest: true },
  },
  placements: {
    orderBy: { id: "asc" },
    include: {
      holds: { select: { holder: true } },
      version: {
        select: {
          adapterId: true,
          loraName: true,
          storePath: true,
          state: true,
          digest: true,
        },
      },
    },
  },
} satisfies Prisma.NodeInclude;

/** What files a version has is not read here but before a load (`verifyBytes`): this is read every 3 s. */
export async function readNodeState(tx: Tx, nodeId: string): Promise<NodeState | null> {
  const row = await tx.client.node.findUnique({ where: { id: nodeId }, include: stateInclude });
  if (!row) return null;
  return {
    ...row,
    backend: readBackend(row.backend),
    conditions: readConditions(row.conditions),
    limits: row.limits as NodeLimits | null,
    registrations: row.registrations.map((registration) => ({
      ...registration,
      probe: registration.probe as ProbeResult | null,
    })),
    placements: row.placements.flatMap(({ version, holds, condition, ...placement }) =>
      version.loraName === null || version.storePath === null || version.digest === null
        ? []
        : {
            ...placement,
            condition: readCondition(condition),
            adapterId: version.adapterId,
            loraName: version.loraName,
            storePath: version.storePath,
            digest: version.digest,
            isLoadable: version.state === "ready",
            holders: holds.map(({ holder }) => holder),
          },
    ),
  };
}

/** How much the given adapters are used, as far as anybody has said. */
export async function demandOf(tx: Tx, adapterIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.client.adapterDemand.findMany({
    where: { adapterId: { in: [...adapterIds] } },
    select: { adapterId: true, requestsPerMinute: true },
  });
  return new Map(rows.map(({ adapterId, requestsPerMinute }) => [adapterId, requestsPerMinute]));
}

/** Writes what a poll changed, and no column that did not change: routing listens to some of them. */
export async function saveObservation(tx: Tx, before: NodeState, seen: Observation, now: Date): Promise<void> {
  const { conditions, epoch, drainDeadline, backend, ...plain } = seen.node;
  const { engineVersion, processStartedAt, simulated, lastSeenAt } = plain;
  const { count } = await tx.client.node.updateMany({
    where: { id: before.id },
    data: {
      engineVersion,
      processStartedAt,
      simulated,
      lastSeenAt,
      ...(epoch === before.epoch ? {} : { epoch }),
      ...(backend === before.backend ? {} : { backend }),
      ...(seen.beganEmpty ? { beganEmptyAt: now } : {}),
      ...(conditions === before.conditions ? {} : { conditions: json(conditions) }),
    },
  });
  if (count === 0) return; // removed meanwhile
  // only the drain that was observed ends: a newer one has another deadline
  if (drainDeadline === null && before.drainDeadline !== null)
    await tx.client.node.updateMany({
      where: { id: before.id, drainDeadline: before.drainDeadline },
      data: { drainDeadline: null },
    });
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

/** What is not given stays as it was, for a row that is there. */
export async function putRegistration(
  tx: Tx,
  nodeId: string,
  row: Omit<RegistrationRow, "verifiedDigest"> & Partial<Pick<RegistrationRow, "verifiedDigest">>,
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

/** True while no placement on the node speaks of the name; asked right before an unmanaged adapter is unloaded. */
export async function isStillUnmanaged(tx: Tx, nodeId: string, loraName: string): Promise<boolean> {
  return (await tx.client.placement.count({ where: { nodeId, version: { loraName } } })) === 0;
}

const UNWANTED = { desire: "absent", holds: { none: {} } } as const;

/** Deletes a placement that nobody wants, unless it was loaded and unloaded once more since `unloadedAt`. */
export async function forgetPlacement(tx: Tx, placementId: string, unloadedAt: Date): Promise<void> {
  await tx.client.placement.deleteMany({ where: { id: placementId, unloadedAt, ...UNWANTED } });
}

/** Notes that a placement which nobody wants is off its node. @returns false when somebody wants it again */
export async function markUnloaded(tx: Tx, placementId: string, at: Date, epoch: number): Promise<boolean> {
  const { count } = await tx.client.placement.updateMany({
    where: { id: placementId, ...UNWANTED },
    data: { unloadedAt: at, unloadedEpoch: epoch },
  });
  return count === 1;
}
