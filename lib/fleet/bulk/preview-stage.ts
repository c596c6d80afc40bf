import type { Ctx } from "#lib/identity/ctx.ts";
import type { BulkChoice, BulkItem, StagePreview } from "../browser/bulk-schema.ts";
import { type BulkNode, type ChosenVersion, readLoadTimes, readNodes } from "./bulk-store.ts";
import { chooseVersions, labelOf } from "./choose-versions.ts";
import { forecastLoads, type PlannedLoad } from "./forecast-loads.ts";
import { type Judgement, judgeStage } from "./judge-version.ts";
import { targetNodes } from "./target-nodes.ts";

/** Older loads say little of what a node does now. */
const LOADS_KEPT_MS = 30 * 86_400_000;

export type JudgedVersion = { version: ChosenVersion; nodes: BulkNode[]; judgement: Judgement };

/**
 * What staging would do with each version right now.
 * @param isAlone the nodes' other versions do not matter, so they are not read
 */
export async function judgeAll(
  ctx: Ctx,
  versions: readonly ChosenVersion[],
  isAlone = false,
): Promise<{ judged: JudgedVersion[]; nodes: BulkNode[] }> {
  const only = isAlone ? versions.map(({ id }) => id) : undefined;
  const nodes = await readNodes(ctx.tx, [...new Set(versions.map(({ poolId }) => poolId))], only);
  const targets = await targetNodes(ctx, versions, nodes);
  const judged = versions.map((version) => {
    const on = targets.get(version.id) ?? [];
    const sites = on.map((node) => {
      const wanted = node.wanted.get(version.id);
      return {
        nodeName: node.name,
        // what is only on its way elsewhere does not stay
        isThere: wanted?.holders.some((holder) => !holder.startsWith("move:")) ?? false,
        isFailing: wanted?.isFailing ?? false,
      };
    });
    return { version, nodes: on, judgement: judgeStage(version, sites) };
  });
  return { judged, nodes };
}

export const toItem = (version: ChosenVersion, judgement: Judgement): BulkItem => ({
  versionId: version.id,
  adapterId: version.adapterId,
  tenantId: version.tenantId,
  label: labelOf(version),
  ...judgement,
});

/** What a list of loads comes to on these nodes. */
export async function forecast(ctx: Ctx, loads: readonly PlannedLoad[], nodes: readonly BulkNode[]) {
  const now = ctx.clock.now();
  const nodeIds = nodes.map(({ id }) => id);
  const times = await readLoadTimes(ctx.tx, nodeIds, new Date(now.getTime() - LOADS_KEPT_MS));
  return forecastLoads(loads, nodes, times, now);
}

/** What staging would do, and what it would take; changes nothing. @throws AppError as `chooseVersions` */
export async function previewStage(ctx: Ctx, choice: BulkChoice): Promise<StagePreview> {
  const { versions, withoutReady } = await chooseVersions(ctx, choice);
  const { judged, nodes } = await judgeAll(ctx, versions);
  const acting = judged.filter(({ judgement }) => judgement.act);
  const loads = acting.map(({ version, nodes: on }) => ({
    id: version.id,
    sizeBytes: version.sizeBytes,
    nodeIds: on.map(({ id }) => id),
  }));
  return {
    items: judged.map(({ version, judgement }) => toItem(version, judgement)),
    totals: {
      act: acting.length,
      skip: judged.length - acting.length,
      withoutReady,
      ...(await forecast(ctx, loads, nodes)),
    },
  };
}
