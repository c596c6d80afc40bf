import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { RunReportSchema } from "../browser/report-schema.ts";
import { readReport } from "./read-report.ts";

export const reportRoutes = [
  route(
    "GET /runs/{runId}/report",
    {
      summary: "Read the report of a run: its parties, conditions and results",
      description: "The same content as the printed page. For held-out prompts, customers see only their number.",
      action: "tenant.read",
      params: z.object({ runId: idOf("run") }),
      ok: RunReportSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readReport(ctx, params.runId),
  ),
] as const;
