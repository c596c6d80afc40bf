import * as z from "zod";
import { idOf, pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { JOB_ITEMS_MAX } from "#lib/jobs/schema.ts";
import { matchingAdapterIds } from "#lib/registry/adapters/adapter-list-store.ts";
import {
  BATCH_ROWS_MAX,
  BatchCandidateSchema,
  BatchesQuery,
  BatchPlanInput,
  BatchPreviewSchema,
  BatchSchema,
  BatchWithRowsSchema,
  CandidatesQuery,
  ChangeBatch,
} from "../browser/batch-schema.ts";
import { countRows, listBatches, listCandidates } from "./batch-store.ts";
import { pauseBatch, resumeBatch, stopBatch } from "./change-batch.ts";
import { createBatch } from "./create-batch.ts";
import { previewBatch } from "./preview-batch.ts";
import { readBatch, toBatch } from "./view-batch.ts";

const params = z.object({ batchId: idOf("bat") });
const change = { params, body: ChangeBatch, ok: BatchWithRowsSchema, ifMatch: true } as const;

export const batchRoutes = [
  route(
    "GET /cutover-candidates",
    {
      summary: "List adapters whose newest ready version is neither live nor rolled back",
      description: `At most ${BATCH_ROWS_MAX}, as many as a batch may hold: narrow the filter for others.`,
      action: "fleet.read",
      query: CandidatesQuery,
      ok: pageOf(BatchCandidateSchema),
    },
    async ({ ctx: { tx }, query: { adapters, ...filter } }) => {
      const adapterIds = adapters?.split(",") ?? (await matchingAdapterIds(tx, filter, JOB_ITEMS_MAX));
      return { items: await listCandidates(tx, adapterIds, BATCH_ROWS_MAX), nextCursor: null };
    },
  ),
  route(
    "POST /cutover-batches/preview",
    {
      summary: "Preview a batch of cutovers, row by row, and whether it fits the CPU caches",
      action: "cutover.start",
      body: BatchPlanInput,
      ok: BatchPreviewSchema,
      unaudited: "It changes nothing; hundreds of ids do not fit into a query.",
    },
    ({ ctx, body }) => previewBatch(ctx, body),
  ),
  route(
    "POST /cutover-batches",
    {
      summary: "Start a batch of cutovers that stops after a number of failures",
      description:
        "Each cutover has its own gate, plan and guard, and runs in the name of the caller. One row that would be refused refuses the whole batch.",
      action: "cutover.start",
      body: BatchPlanInput,
      ok: BatchWithRowsSchema,
      status: 201,
      errors: ["conflict"],
    },
    ({ ctx, body }) => createBatch(ctx, body),
  ),
  route(
    "GET /cutover-batches",
    { summary: "List batches of cutovers", action: "fleet.read", query: BatchesQuery, ok: pageOf(BatchSchema) },
    async ({ ctx, query }) => {
      const page = await listBatches(ctx.tx, query);
      const counts = await countRows(
        ctx.tx,
        page.items.map(({ id }) => id),
      );
      return { ...page, items: page.items.map((batch) => toBatch(batch, counts.get(batch.id))) };
    },
  ),
  route(
    "GET /cutover-batches/{batchId}",
    {
      summary: "Read a batch of cutovers with its rows",
      action: "fleet.read",
      params,
      ok: BatchWithRowsSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readBatch(ctx, params.batchId),
  ),
  route(
    "POST /cutover-batches/{batchId}/pause",
    {
      summary: "Pause a batch: no new cutovers start",
      description: "Running cutovers continue behind their own guards. If-Match names the batch's generation.",
      action: "cutover.rollback",
      ...change,
      errors: ["not_found", "conflict", "stale"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      pauseBatch(ctx, { ...body, batchId: params.batchId, expectedGeneration }),
  ),
  route(
    "POST /cutover-batches/{batchId}/resume",
    {
      summary: "Resume a batch with the cutovers that wait",
      description:
        "Also works after the batch stopped for failures; failed rows stay failed. If-Match names the batch's generation.",
      action: "cutover.start",
      ...change,
      errors: ["not_found", "conflict", "stale", "forbidden"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      resumeBatch(ctx, { ...body, batchId: params.batchId, expectedGeneration }),
  ),
  route(
    "POST /cutover-batches/{batchId}/stop",
    {
      summary: "End a batch permanently",
      description: "Waiting rows are skipped; running cutovers continue. If-Match names the batch's generation.",
      action: "cutover.rollback",
      ...change,
      errors: ["not_found", "conflict", "stale"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      stopBatch(ctx, { ...body, batchId: params.batchId, expectedGeneration }),
  ),
] as const;
