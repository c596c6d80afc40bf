import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { holdCutover } from "./hold-cutover.ts";
import { promoteCutover } from "./promote-cutover.ts";
import { CutoverSchema, PauseCutover, PromoteCutover } from "./schema.ts";

const params = z.object({ cutoverId: idOf("cut") });

export const stepRoutes = [
  route(
    "POST /cutovers/{cutoverId}/promote",
    {
      summary: "End the present step of a cutover now",
      description:
        "Refused while the guard is breached, the version cannot answer, or the step has too few samples, unless withoutSamples says to go on all the same. If-Match names the cutover's generation.",
      action: "cutover.start",
      params,
      body: PromoteCutover,
      ok: CutoverSchema,
      ifMatch: true,
      errors: ["not_found", "conflict", "stale"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      promoteCutover(ctx, { ...body, cutoverId: params.cutoverId, expectedGeneration }),
  ),
  route(
    "POST /cutovers/{cutoverId}/pause",
    {
      summary: "Keep a cutover at its step",
      description: "Its guard goes on. If-Match names the cutover's generation.",
      action: "cutover.rollback",
      params,
      body: PauseCutover,
      ok: CutoverSchema,
      ifMatch: true,
      errors: ["not_found", "conflict", "stale"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      holdCutover(ctx, { ...body, cutoverId: params.cutoverId, expectedGeneration, paused: true }),
  ),
  route(
    "POST /cutovers/{cutoverId}/resume",
    {
      summary: "Let a paused cutover go on",
      description: "If-Match names the cutover's generation.",
      action: "cutover.start",
      params,
      body: PauseCutover,
      ok: CutoverSchema,
      ifMatch: true,
      errors: ["not_found", "conflict", "stale"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      holdCutover(ctx, { ...body, cutoverId: params.cutoverId, expectedGeneration, paused: false }),
  ),
] as const;
