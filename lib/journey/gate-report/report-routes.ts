import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { RunReportSchema } from "../browser/report-schema.ts";
import { readReport } from "./read-report.ts";

export const reportRoutes = [
  route(
    "GET /runs/{runId}/report",
    {
      summary: "The report of a run: who, what, against what, and all that it showed",
      description:
        "The same as the page on paper. Customers are told of prompts that are held out only how many there are.",
      action: "tenant.read",
      params: z.object({ runId: idOf("run") }),
      ok: RunReportSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readReport(ctx, params.runId),
  ),
] as const;
