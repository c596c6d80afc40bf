import type { ResidentTier } from "./node-residency.ts";

/** One row of what is known: an adapter in a tier of one process of a node. */
export type ResidencyRow = { nodeId: string; loraName: string; tier: ResidentTier; epoch: number };
export type ResidencyScrape = {
  nodeId: string;
  at: Date;
  epoch: number;
  /** null = this scrape does not say. */
  residency: ReadonlyMap<string, ResidentTier> | null;
};
export type ResidencyChanges = {
  put: readonly (ResidencyRow & { since: Date })[];
  drop: readonly { nodeId: string; loraName: string }[];
};

/** Remembers what is stored, so that a scrape writes only what it changed. */
export type ResidencyTracker = {
  /** What good scrapes change; the book itself changes when they are confirmed. */
  changes(scrapes: readonly ResidencyScrape[]): ResidencyChanges;
  confirm(changes: ResidencyChanges): void;
};

/** @param stored every row of the table */
export function createResidencyTracker(stored: readonly ResidencyRow[]): ResidencyTracker {
  type Known = Pick<ResidencyRow, "tier" | "epoch">;
  const nodes = new Map<string, Map<string, Known>>();
  const ofNode = (nodeId: string) => {
    const known = nodes.get(nodeId) ?? new Map<string, Known>();
    nodes.set(nodeId, known);
    return known;
  };
  for (const { nodeId, loraName, tier, epoch } of stored) ofNode(nodeId).set(loraName, { tier, epoch });
  return {
    changes(scrapes) {
      const put: (ResidencyRow & { since: Date })[] = [];
      const drop: { nodeId: string; loraName: string }[] = [];
      for (const { nodeId, at, epoch, residency } of scrapes) {
        const known = nodes.get(nodeId);
        for (const [loraName, tier] of residency ?? []) {
          const before = known?.get(loraName);
          if (before?.tier !== tier || before.epoch !== epoch) put.push({ nodeId, loraName, tier, epoch, since: at });
        }
        for (const loraName of known?.keys() ?? []) if (!residency?.has(loraName)) drop.push({ nodeId, loraName });
      }
      return { put, drop };
    },
    confirm({ put, drop }) {
      for (const { nodeId, loraName, tier, epoch } of put) ofNode(nodeId).set(loraName, { tier, epoch });
      for (const { nodeId, loraName } of drop) nodes.get(nodeId)?.delete(loraName);
    },
  };
}
