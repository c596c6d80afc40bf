import { forecast } from "#lib/fleet/bulk/preview-stage.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import type { BatchNode, BatchPlanInput, BatchPreview } from "../browser/batch-schema.ts";
import { cutoverFreeze } from "../freeze/cutover-freeze.ts";
import type { BatchRoom } from "./batch-room.ts";
import { type JudgedRow, judgeRows, toPreviewItem } from "./judge-rows.ts";
import { countFitting, neededPeak } from "./plan-batch.ts";

/** What a batch would do row by row, and what it would take of the CPU caches; changes nothing. */
export async function previewBatch(ctx: Ctx, input: BatchPlanInput): Promise<BatchPreview> {
  const { rows, room } = await judgeRows(ctx, input);
  const ready = rows.filter(({ refusal }) => refusal === null);
  const nodes = await forecastNodes(ctx, ready, room, input.atOnce);
  const fitAtOnce = countFitting(
    ready.map(({ toVersionId }) => ({ adds: room.adds(toVersionId) })),
    room.room,
  );
  const freeze = await cutoverFreeze(ctx);
  return {
    items: rows.map((row) => toPreviewItem(row, room)),
    ready: ready.length,
    refused: rows.length - ready.length,
    fitAtOnce,
    nodes,
    hold: freeze?.paused ?? null,
    warnings: warningsOf(nodes, { fitAtOnce, ready: ready.length, atOnce: input.atOnce }),
  };
}

async function forecastNodes(
  ctx: Ctx,
  ready: readonly JudgedRow[],
  { versions, targets, adds, room, nodes }: BatchRoom,
  atOnce: number,
): Promise<BatchNode[]> {
  const loads = ready.flatMap(({ toVersionId }) => {
    const version = versions.get(toVersionId);
    const nodeIds = (targets.get(toVersionId) ?? []).map(({ id }) => id);
    return version ? [{ id: version.id, sizeBytes: version.sizeBytes, nodeIds }] : [];
  });
  const there = (nodeId: string) =>
    ready
      .filter(({ toVersionId }) => adds(toVersionId).includes(nodeId))
      .map(({ toVersionId }) => ({ isFirst: versions.get(toVersionId)?.liveVersionId === null }));
  return (await forecast(ctx, loads, nodes)).nodes.map(({ nodeId, nodeName, places, residentPeak }) => {
    const neededNow = room.get(nodeId)?.needed ?? 0;
    return {
      nodeId,
      nodeName,
      places,
      neededNow,
      neededPeak: neededPeak(neededNow, there(nodeId), atOnce),
      residentAtEnd: residentPeak,
    };
  });
}

type Fit = { fitAtOnce: number; ready: number; atOnce: number };

function warningsOf(nodes: readonly BatchNode[], { fitAtOnce, ready, atOnce }: Fit): string[] {
  const wanted = Math.min(atOnce, ready);
  const crowded = nodes.filter(({ residentAtEnd, places }) => residentAtEnd > places);
  const endless = nodes.find(({ neededNow, neededPeak, places }) => neededPeak > places && neededNow >= places);
  return [
    ...(endless
      ? [`${endless.nodeName} has no place left in its CPU cache: rows that need one there wait until it has.`]
      : fitAtOnce < wanted
        ? [`Only ${fitAtOnce} at once fit into the CPU caches: the batch waits between them, and says so.`]
        : []),
    ...crowded.map(
      ({ nodeName, residentAtEnd, places }) =>
        `${nodeName} would hold ${residentAtEnd} versions in ${places} places at the end, with those that were live before. vLLM drops the least recently used ones, and reads them from disk when they are requested.`,
    ),
  ];
}
