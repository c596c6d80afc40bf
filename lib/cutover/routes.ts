import * as z from "zod";
import { idOf, pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { notFound } from "#lib/platform/errors.ts";
import { abortCutover } from "./abort-cutover.ts";
import { approvalRoutes } from "./approvals/approval-routes.ts";
import { batchRoutes } from "./batch/batch-routes.ts";
import { GuardSchema } from "./browser/guard-schema.ts";
import { readGuard } from "./guard/read-guard.ts";
import { movingInRoutes } from "./moving-in/moving-in-routes.ts";
import { policyRoutes } from "./policy/policy-routes.ts";
import { rollBackCutover } from "./roll-back-cutover.ts";
import { AbortCutover, CutoverSchema, CutoversQuery, RollBackCutover, StartCutover } from "./schema.ts";
import { startCutover } from "./start-cutover.ts";
import { stepRoutes } from "./step-routes.ts";
import { getCutover, listCutovers } from "./store.ts";
import { trafficRoutes } from "./traffic/traffic-routes.ts";
import { showCutovers } from "./view-cutover.ts";

const CutoverParams = z.object({ cutoverId: idOf("cut") });

export const cutoverRoutes = [
  ...movingInRoutes,
  ...trafficRoutes,
  ...stepRoutes,
  ...approvalRoutes,
  ...policyRoutes,
  ...batchRoutes,
  route(
    "GET /cutovers",
    { summary: "List cutovers", action: "tenant.read", query: CutoversQuery, ok: pageOf(CutoverSchema) },
    async ({ ctx, query }) => {
      const page = await listCutovers(ctx.tx, query);
      return { ...page, items: await showCutovers(ctx, page.items) };
    },
  ),
  route(
    "POST /adapters/{adapterId}/cutovers",
    {
      summary: "Make a version live",
      description:
        "Requires a passed gate of exactly this version, or a reason to override the gate. Follows its plan step by step: shadow, canary, full, soak.",
      action: "cutover.start",
      params: z.object({ adapterId: idOf("adp") }),
      body: StartCutover,
      ok: CutoverSchema,
      status: 201,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => startCutover(ctx, { ...body, adapterId: params.adapterId }),
  ),
  route(
    "GET /cutovers/{cutoverId}",
    {
      summary: "Read a cutover",
      action: "tenant.read",
      params: CutoverParams,
      ok: CutoverSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => {
      const cutover = await getCutover(ctx.tx, params.cutoverId);
      const [shown] = cutover === null ? [] : await showCutovers(ctx, [cutover]);
      if (shown === undefined) throw notFound("cutover");
      return shown;
    },
  ),
  route(
    "GET /cutovers/{cutoverId}/guard",
    {
      summary: "Read the guard's signals for a cutover's step",
      description:
        "Compares each signal of the new version with the current target, and shows the guard's bound. Covers the current step, or the last one.",
      action: "fleet.read",
      params: CutoverParams,
      ok: GuardSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => readGuard(ctx, params.cutoverId),
  ),
  route(
    "POST /cutovers/{cutoverId}/rollback",
    {
      summary: "Roll back to the previous version",
      description:
        "Takes effect immediately, and also works after the cutover has completed, while its version is live. A canary's share ends. A cutover that moved the customer in returns to the origin.",
      action: "cutover.rollback",
      params: CutoverParams,
      body: RollBackCutover,
      ok: CutoverSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => rollBackCutover(ctx, { ...body, cutoverId: params.cutoverId }),
  ),
  route(
    "POST /cutovers/{cutoverId}/abort",
    {
      summary: "Stop a cutover that has not switched yet",
      action: "cutover.rollback",
      params: CutoverParams,
      body: AbortCutover,
      ok: CutoverSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => abortCutover(ctx, { ...body, cutoverId: params.cutoverId }),
  ),
] as const;
