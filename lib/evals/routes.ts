import * as z from "zod";
import { idOf, pageOf } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { route } from "#lib/identity/route.ts";
import { answerHistoryRoutes } from "./answers/history-routes.ts";
import { listSamples, readCaseResult } from "./answers/list-samples.ts";
import { baselineRoutes } from "./baseline/baseline-routes.ts";
import { bulkGateRoutes } from "./bulk/gate-routes.ts";
import { cancelRun } from "./running/cancel-run.ts";
import { paceRoutes } from "./running/pace-routes.ts";
import { readRun } from "./running/read-run.ts";
import { rejudgeRun } from "./running/rejudge-run.ts";
import { startRun } from "./running/start-run.ts";
import {
  CaseResultSchema,
  RunDetailSchema,
  RunSchema,
  RunsQuery,
  SamplePageSchema,
  SamplesQuery,
  StartRun,
} from "./schema.ts";
import { listRuns } from "./store.ts";
import { readinessRoutes } from "./suites/readiness/readiness-routes.ts";
import { recordedRoutes } from "./suites/recorded/recorded-routes.ts";
import { suiteRoutes } from "./suites/suite-routes.ts";
import { templateRoutes } from "./suites/templates/template-routes.ts";
import { toolsRoutes } from "./suites/tools/tools-routes.ts";
import { gateRoutes } from "./verdict/gate-routes.ts";
import { toRun } from "./view-run.ts";

const RunParams = z.object({ runId: idOf("run") });
const isStaff = (ctx: Ctx): boolean => ctx.scope.kind === "platform";

const runRoutes = [
  route(
    "GET /runs",
    { summary: "List evaluation runs", action: "tenant.read", query: RunsQuery, ok: pageOf(RunSchema) },
    async ({ ctx, query }) => {
      const page = await listRuns(ctx.tx, query);
      return { ...page, items: page.items.map((run) => toRun(run, isStaff(ctx))) };
    },
  ),
  route(
    "POST /versions/{versionId}/runs",
    {
      summary: "Evaluate a version",
      description:
        "Compares it with the named baseline, or else with the live version. Without one, runs it alone on the pool's standalone node.",
      action: "eval.run",
      params: z.object({ versionId: idOf("ver") }),
      body: StartRun,
      ok: RunSchema,
      status: 201,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => startRun(ctx, { ...body, versionId: params.versionId }),
  ),
  route(
    "GET /runs/{runId}",
    {
      summary: "Read a run with its verdict, progress and pace",
      action: "tenant.read",
      params: RunParams,
      ok: RunDetailSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readRun(ctx, params.runId),
  ),
  route(
    "GET /runs/{runId}/samples",
    {
      summary: "Compare the answers of all sides, prompt by prompt",
      action: "tenant.read",
      params: RunParams,
      query: SamplesQuery,
      ok: SamplePageSchema,
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => listSamples(ctx, { ...query, runId: params.runId }),
  ),
  route(
    "GET /runs/{runId}/samples/{caseId}",
    {
      summary: "Read one prompt of a run with the raw replies",
      action: "tenant.read",
      params: RunParams.extend({ caseId: idOf("cas") }),
      ok: CaseResultSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readCaseResult(ctx, params),
  ),
  route(
    "POST /runs/{runId}/cancel",
    {
      summary: "Cancel a run",
      action: "eval.run",
      params: RunParams,
      ok: RunSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => cancelRun(ctx, params.runId),
  ),
  route(
    "POST /runs/{runId}/rejudge",
    {
      summary: "Judge a completed run again from its stored replies",
      action: "eval.run",
      params: RunParams,
      ok: RunSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => rejudgeRun(ctx, params.runId),
  ),
] as const;

export const evalRoutes = [
  ...suiteRoutes,
  ...toolsRoutes,
  ...templateRoutes,
  ...readinessRoutes,
  ...runRoutes,
  ...paceRoutes,
  ...gateRoutes,
  ...baselineRoutes,
  ...answerHistoryRoutes,
  ...bulkGateRoutes,
  ...recordedRoutes,
] as const;
