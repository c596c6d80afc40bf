import { cpuPlacesOf, slotsOf } from "#lib/fleet/engine-limits.ts";
import type { NodeLimits, OnboardingFinding } from "#lib/fleet/schema.ts";
import type { Condition } from "#lib/http/schema.ts";
import { processStart, readActs, readRequests } from "#lib/metrics/derived/derived-store.ts";
import { readNodeRollups } from "#lib/metrics/node-minute/rollup-store.ts";
import { whyUnknown } from "#lib/metrics/residency/residency-gap.ts";
import { listTierScrapes, readResidentNode, versionsByLoraName } from "#lib/metrics/residency/residency-store.ts";
import { scrapeTimes } from "#lib/metrics/scrape/scrape-store.ts";
import type { Tx } from "#lib/platform/db.ts";
import { batchMinute, comparableMinutes } from "./batch-minutes.ts";
import { type LoadChange, peakLoaded } from "./peak-loaded.ts";
import type { BatchMinute, NodeTrace } from "./pool-facts.ts";

/** So long before the window the tiers are followed, that they are known when it begins. */
const WARM_UP_MS = 15 * 60_000;
/** More requests than these are not replayed at one check. */
const MOST_REQUESTS = 50_000;
const DAY_MS = 86_400_000;
/** Long enough for quiet and busy minutes, short enough to be of one working day. */
const BATCHES_BACK_MS = 2 * 3_600_000;

/** The nodes of a pool that serve customers, as the catalog and the last scrape have them. */
export async function listServingNodes(tx: Tx, pool: { id: string; maxLoras: number; maxCpuLoras: number }) {
  const rows = await tx.client.node.findMany({
    where: { poolId: pool.id, standalone: false },
    orderBy: { id: "asc" },
    select: {
      id: true,
      name: true,
      cordoned: true,
      simulated: true,
      gpu: true,
      pricePerHour: true,
      conditions: true,
      report: true,
      limits: true,
    },
  });
  const scrapes = await scrapeTimes(
    tx,
    rows.map(({ id }) => id),
  );
  return rows.map(({ limits, pricePerHour, conditions, report, ...node }) => ({
    ...node,
    pricePerHour: pricePerHour === null ? null : Number(pricePerHour),
    conditions: conditions as unknown as Condition[],
    report: report as OnboardingFinding[] | null,
    slots: slotsOf(limits as NodeLimits | null, pool),
    cpuPlaces: cpuPlacesOf(limits as NodeLimits | null, pool),
    scrapedAt: scrapes.get(node.id) ?? null,
  }));
}

/** Names a node lists now, the most it listed at once, and what else lies in its host memory. */
export async function readLoaded(
  tx: Tx,
  nodeId: string,
  now: Date,
): Promise<{ loaded: { now: number; peak: number }; unlisted: number | null }> {
  const node = await readResidentNode(tx, nodeId);
  if (node === null) return { loaded: { now: 0, peak: 0 }, unlisted: null };
  const begun = await processStart(tx, nodeId, now);
  const dayAgo = new Date(now.getTime() - DAY_MS);
  const changes = await loadChanges(tx, nodeId, begun !== null && begun > dayAgo ? begun : dayAgo);
  const listed = new Set(node.loaded);
  const scrape = (await listTierScrapes(tx)).find((one) => one.nodeId === nodeId);
  const isSeen = scrape !== undefined && whyUnknown(scrape.epoch, scrape.scrape, now) === null;
  return {
    loaded: { now: listed.size, peak: peakLoaded(listed.size, changes) },
    unlisted: isSeen ? node.resident.filter(({ loraName }) => !listed.has(loraName)).length : null,
  };
}

/** Loads and unloads that succeeded since a moment, newest first. */
async function loadChanges(tx: Tx, nodeId: string, since: Date): Promise<LoadChange[]> {
  const rows = await tx.client.loadEvent.findMany({
    where: { nodeId, at: { gte: since }, kind: { in: ["load", "unload"] }, outcome: "ok" },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    select: { kind: true },
  });
  return rows.map(({ kind }) => (kind === "load" ? "load" : "unload"));
}

/** What a node was asked for; null = more than is replayed at one check. */
export async function readTrace(tx: Tx, nodeId: string, window: { from: Date; to: Date }): Promise<NodeTrace | null> {
  const warm = { from: new Date(window.from.getTime() - WARM_UP_MS), to: window.to };
  const requests = await readRequests(tx, nodeId, warm, MOST_REQUESTS);
  if (requests.length > MOST_REQUESTS) return null;
  const acts = await readActs(tx, nodeId, warm);
  const names = new Set(requests.flatMap(({ loraName }) => loraName ?? []));
  const versions = await versionsByLoraName(tx, [...names]);
  return { requests, acts, tenantOf: new Map(versions.map(({ loraName, tenantId }) => [loraName, tenantId])) };
}

/** Minutes in which each node was asked for adapters; absent = it told of none. */
export async function readBatches(
  tx: Tx,
  nodes: readonly { id: string; slots: number }[],
  now: Date,
): Promise<Map<string, BatchMinute[]>> {
  const slotsOfNode = new Map(nodes.map(({ id, slots }) => [id, slots]));
  const rows = await readNodeRollups(tx, {
    nodeIds: [...slotsOfNode.keys()],
    stepSeconds: 60,
    from: new Date(now.getTime() - BATCHES_BACK_MS),
    to: now,
  });
  const batches = new Map<string, BatchMinute[]>();
  for (const { nodeId, data } of rows) {
    const minute = batchMinute(data, slotsOfNode.get(nodeId) ?? 0);
    if (minute === null) continue;
    const known = batches.get(nodeId);
    if (known) known.push(minute);
    else batches.set(nodeId, [minute]);
  }
  return new Map([...batches].map(([nodeId, minutes]) => [nodeId, comparableMinutes(minutes)]));
}
