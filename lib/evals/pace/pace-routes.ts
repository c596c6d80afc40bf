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
      description: "What is in flight may still be answered. Answers are kept; pausing twice changes nothing.",
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
      summary: "Let a paused run go on where it was",
      action: "eval.run",
      params: RunParams,
      ok: RunSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => resumeRun(ctx, params.runId),
  ),
] as const;
