import { route } from "#lib/identity/route.ts";
import { JobSchema } from "#lib/jobs/schema.ts";
import { BulkChoice, StagePreviewSchema } from "../browser/bulk-schema.ts";
import { previewStage } from "./preview-stage.ts";
import { startStage } from "./start-stage.ts";

export const bulkStageRoutes = [
  route(
    "POST /bulk/stage/preview",
    {
      summary: "Preview what staging many versions does and costs, per version",
      action: "placement.write",
      body: BulkChoice,
      ok: StagePreviewSchema,
      unaudited: "It changes nothing; a filter or 5,000 ids do not fit into a query.",
    },
    ({ ctx, body }) => previewStage(ctx, body),
  ),
  route(
    "POST /bulk/stage",
    {
      summary: "Stage many versions: one job with a result for each",
      action: "placement.write",
      body: BulkChoice,
      ok: JobSchema,
      status: 201,
      errors: ["conflict"],
    },
    ({ ctx, body }) => startStage(ctx, body),
  ),
] as const;
