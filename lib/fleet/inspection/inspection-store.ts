import type { Tx } from "#lib/platform/db.ts";
import type { SeenBackend } from "#lib/vllm/engine-backend.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { NodeLimits, OnboardingFinding } from "../schema.ts";
import type { Fingerprints } from "./token-fingerprint.ts";

export type StoredInspection = {
  limits: NodeLimits | null;
  report: readonly OnboardingFinding[];
  fingerprints: Fingerprints;
  engineVersion: string | null;
  backend: SeenBackend | null;
  at: Date;
};

/** Keeps the outcome of an inspection. @returns false when the node is gone */
export async function saveInspection(tx: Tx, nodeId: string, inspection: StoredInspection): Promise<boolean> {
  const { limits, report, fingerprints, engineVersion, backend, at } = inspection;
  const { count } = await tx.client.node.updateMany({
    where: { id: nodeId },
    data: {
      report: [...report] as unknown as Prisma.InputJsonArray,
      fingerprints: fingerprints as Prisma.InputJsonObject,
      reportedAt: at,
      ...(limits === null ? {} : { limits: limits as Prisma.InputJsonObject }),
      ...(engineVersion === null ? {} : { engineVersion }),
      ...(backend === null ? {} : { backend }),
    },
  });
  return count === 1;
}

/** Fingerprints of the pool's oldest node that has them, other than the given one. */
export async function firstFingerprints(
  tx: Tx,
  poolId: string,
  exceptNodeId: string | null,
): Promise<(Fingerprints & { nodeName: string }) | null> {
  const rows = await tx.client.node.findMany({
    where: { poolId, ...(exceptNodeId === null ? {} : { id: { not: exceptNodeId } }) },
    orderBy: { id: "asc" },
    select: { name: true, fingerprints: true },
  });
  for (const { name, fingerprints } of rows) {
    const known = fingerprints as Fingerprints | null;
    if (known?.tokenizer) return { ...known, nodeName: name };
  }
  return null;
}

/** Names that are wanted or expected on a node. */
export async function expectedNames(tx: Tx, nodeId: string): Promise<ReadonlySet<string>> {
  const rows = await tx.client.placement.findMany({
    where: { nodeId },
    select: { version: { select: { loraName: true } } },
  });
  return new Set(rows.flatMap(({ version }) => (version.loraName === null ? [] : [version.loraName])));
}

/** Adapters of ours that are proven on a node in its present epoch. */
export async function countRoutable(tx: Tx, nodeId: string): Promise<number> {
  const node = await tx.client.node.findUnique({ where: { id: nodeId }, select: { epoch: true } });
  if (!node) return 0;
  return tx.client.registration.count({ where: { nodeId, state: "routable", epoch: node.epoch } });
}
