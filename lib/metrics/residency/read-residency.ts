import { cpuPlacesOf, slotsOf } from "#lib/fleet/engine-limits.ts";
import type { Measurement, Page } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { namedAdapter } from "../named-adapter.ts";
import { type NodeResidency, type NodeSlots, type NodeSlotsQuery, RESIDENCY_TIERS } from "../schema.ts";
import { type GoodScrape, lastGoodScrapes } from "../scrape/scrape-store.ts";
import { whyUnknown } from "./residency-gap.ts";
import {
  listResidentNodes,
  type NamedVersion,
  type ResidentNode,
  readResidentNode,
  versionsByLoraName,
} from "./residency-store.ts";

/**
 * Where each adapter of a node lies: what the node lists, and what it was told to forget but still holds.
 * @throws AppError `not_found`
 */
export async function readNodeResidency(ctx: Ctx, nodeId: string): Promise<NodeResidency> {
  const node = await readResidentNode(ctx.tx, nodeId);
  if (!node) throw notFound("node");
  const names = [...new Set([...node.loaded, ...node.resident.map(({ loraName }) => loraName)])];
  return describeResidency({
    node,
    scrape: (await lastGoodScrapes(ctx.tx, [nodeId])).get(nodeId) ?? null,
    versions: await versionsByLoraName(ctx.tx, names),
    now: ctx.clock.now(),
  });
}

/** How full the tiers of many nodes are, in one answer. */
export async function listNodeSlots(ctx: Ctx, query: NodeSlotsQuery): Promise<Page<NodeSlots>> {
  const page = await listResidentNodes(ctx.tx, query);
  const scrapes = await lastGoodScrapes(
    ctx.tx,
    page.items.map(({ id }) => id),
  );
  const now = ctx.clock.now();
  return {
    ...page,
    items: page.items.map(({ id, ...node }) => {
      const { slots, note, asOf } = describeResidency({ node, scrape: scrapes.get(id) ?? null, versions: [], now });
      return { nodeId: id, slots, note, asOf };
    }),
  };
}

type Known = { node: ResidentNode; scrape: GoodScrape | null; versions: readonly NamedVersion[]; now: Date };

export function describeResidency({ node, scrape, versions, now }: Known): NodeResidency {
  const gap = whyUnknown(node.epoch, scrape, now);
  const resident = new Map(gap === null ? node.resident.map((row) => [row.loraName, row] as const) : []);
  const loaded = new Set(node.loaded);
  const items = [...new Set([...loaded, ...resident.keys()])].map((loraName): NodeResidency["items"][number] => {
    const row = resident.get(loraName);
    return {
      ...namedAdapter(loraName, versions),
      versionId: versions.find((one) => one.loraName === loraName)?.versionId ?? null,
      tier: gap === null ? (row?.tier ?? "absent") : "unknown",
      since: row?.since.toISOString() ?? null,
      loaded: loaded.has(loraName),
    };
  });
  const rank = (tier: NodeResidency["items"][number]["tier"]) => RESIDENCY_TIERS.indexOf(tier);
  items.sort((a, b) => rank(a.tier) - rank(b.tier) || (a.loraName < b.loraName ? -1 : 1));
  const inSlots = items.filter(({ tier }) => tier === "gpu").length;
  const onlyInMemory = items.filter(({ tier }) => tier === "cpu").length;
  const used = (value: number): Measurement => ({
    value: gap === null ? value : null,
    unit: "adapters",
    source: "measured",
    simulated: scrape?.simulated ?? node.simulated,
    asOf: scrape?.at.toISOString() ?? null,
    coverage: { seen: gap === null ? 1 : 0, of: 1 },
  });
  const gauges: GoodScrape["gauges"] = scrape?.gauges ?? {};
  const size = (reported: number | undefined, otherwise: number) =>
    reported !== undefined && Number.isInteger(reported) ? reported : otherwise;
  return {
    items,
    slots: {
      gpu: { used: used(inSlots), size: size(gauges["slots.gpu"], slotsOf(node.limits, node.pool)) },
      // whoever has a slot has a copy in host memory too
      cpu: {
        used: used(inSlots + onlyInMemory),
        size: size(gauges["slots.cpu"], cpuPlacesOf(node.limits, node.pool)),
      },
    },
    note: gap,
    asOf: scrape?.at.toISOString() ?? null,
  };
}
