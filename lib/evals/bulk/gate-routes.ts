import { BulkChoice } from "#lib/fleet/browser/bulk-schema.ts";
import { route } from "#lib/identity/route.ts";
import { JobSchema } from "#lib/jobs/schema.ts";
import { GatePreviewSchema } from "../browser/bulk-schema.ts";
import { previewGate } from "./preview-gate.ts";
import { startGate } from "./start-gate.ts";

export const bulkGateRoutes = [
  route(
    "POST /bulk/gate/preview",
    {
      summary: "Preview what starting many gates does and costs, per version",
      action: "eval.run",
      body: BulkChoice,
      ok: GatePreviewSchema,
      unaudited: "It changes nothing; a filter or 5,000 ids do not fit into a query.",
    },
    ({ ctx, body }) => previewGate(ctx, body),
  ),
  route(
    "POST /bulk/gate",
    {
      summary: "Start the gates of many versions: one job with a result for each",
      action: "eval.run",
      body: BulkChoice,
      ok: JobSchema,
      status: 201,
      errors: ["conflict"],
    },
    ({ ctx, body }) => startGate(ctx, body),
  ),
] as const;
