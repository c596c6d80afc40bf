import type { Ctx } from "#lib/identity/ctx.ts";
import { recordAnnotation } from "#lib/metrics/marks/record-annotation.ts";
import type { RunRecord } from "../store.ts";

type MarkedRun = Pick<RunRecord, "id" | "tenantId" | "tenantSlug" | "adapterSlug" | "candidateNumber" | "gates">;

/**
 * A mark on the charts: a run asks a pool's nodes thousands of prompts, so whoever reads a chart has to see when it did.
 * @param what such as "started" or "passed", to follow "gate"
 */
export const markRun = (ctx: Ctx, run: MarkedRun, what: string): Promise<void> =>
  recordAnnotation(ctx, {
    kind: "gate",
    title: `${run.adapterSlug} of ${run.tenantSlug} v${run.candidateNumber}: ${run.gates ? "gate" : "comparison"} ${what}`,
    tenantId: run.tenantId,
    ref: { type: "run", id: run.id },
  });
