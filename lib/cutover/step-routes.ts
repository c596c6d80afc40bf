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
      summary: "End the current step of a cutover now",
      description:
        "Refused while the guard is breached or the version cannot answer. Refused with too few samples, unless withoutSamples is true. If-Match names the cutover's generation.",
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
      summary: "Pause a cutover at its current step",
      description: "Its guard keeps running. If-Match names the cutover's generation.",
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
      summary: "Resume a paused cutover",
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
