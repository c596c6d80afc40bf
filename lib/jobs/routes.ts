import * as z from "zod";
import { idOf, pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { cancelJob, retryJob } from "./change-job.ts";
import { JobItemListQuery, JobItemSchema, JobListQuery, JobSchema } from "./schema.ts";
import { listItems, listJobs } from "./store.ts";
import { requireJob, showJob, toJob } from "./view-job.ts";

const JobParams = z.object({ jobId: idOf("job") });

export const jobRoutes = [
  route(
    "GET /jobs",
    {
      summary: "List jobs, newest first",
      action: "fleet.read",
      query: JobListQuery,
      ok: pageOf(JobSchema),
    },
    async ({ ctx, query }) => {
      const page = await listJobs(ctx.tx, query);
      return { ...page, items: page.items.map((row) => toJob(row, ctx.clock.now())) };
    },
  ),
  route(
    "GET /jobs/{jobId}",
    {
      summary: "Read a job with its progress and results",
      action: "fleet.read",
      params: JobParams,
      ok: JobSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => showJob(ctx, params.jobId),
  ),
  route(
    "GET /jobs/{jobId}/items",
    {
      summary: "List a job's items with their results, in order",
      action: "fleet.read",
      params: JobParams,
      query: JobItemListQuery,
      ok: pageOf(JobItemSchema),
      errors: ["not_found"],
    },
    async ({ ctx, params, query }) => {
      await requireJob(ctx, params.jobId);
      return listItems(ctx.tx, { ...query, jobId: params.jobId });
    },
  ),
  route(
    "POST /jobs/{jobId}/cancel",
    {
      summary: "Cancel a job: running items finish, and no new items start",
      action: "version.write",
      params: JobParams,
      ok: JobSchema,
      errors: ["not_found", "conflict"],
    },
    async ({ ctx, params }) => cancelJob(ctx, params.jobId),
  ),
  route(
    "POST /jobs/{jobId}/retry",
    {
      summary: "Retry the failed items of a job, in the caller's name",
      action: "version.write",
      params: JobParams,
      ok: JobSchema,
      errors: ["not_found", "conflict"],
    },
    async ({ ctx, params }) => retryJob(ctx, params.jobId),
  ),
] as const;
