import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { RunSchema } from "../schema.ts";
import { pauseRun, resumeRun } from "./pause-run.ts";

const RunParams = z.object({ runId: idOf("run") });

export const paceRoutes = [
  route(
    "POST /runs/{runId}/pause",
    {
      summary: "Pause a run until it is resumed",
      description: "Requests in flight may still be answered. Answers are kept. Pausing twice changes nothing.",
      action: "eval.run",
      params: RunParams,
      ok: RunSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => pauseRun(ctx, params.runId),
  ),
  route(
    "POST /runs/{runId}/resume",
    {
      summary: "Resume a paused run where it stopped",
      action: "eval.run",
      params: RunParams,
      ok: RunSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => resumeRun(ctx, params.runId),
  ),
] as const;
