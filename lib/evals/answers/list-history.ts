import type { Measurement, Page, PageQuery } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { getTenant } from "#lib/registry/tenants/tenant-store.ts";
import type { GateChange } from "../browser/answer-history-schema.ts";
import { nameBaseline } from "../browser/format-baseline.ts";
import type { ModeReport } from "../verdict/judge-run.ts";
import { type JudgedGate, listJudgedGates } from "./history-store.ts";

/**
 * How a tenant's answers changed from gate to gate, newest first, from what the verdicts keep; for staff.
 * @throws AppError `not_found`
 */
export async function listAnswerHistory(ctx: Ctx, query: PageQuery & { tenantId: string }): Promise<Page<GateChange>> {
  if ((await getTenant(ctx.tx, query.tenantId)) === null) throw notFound("tenant");
  const page = await listJudgedGates(ctx.tx, query);
  return { ...page, items: page.items.map(toGateChange) };
}

function toGateChange(gate: JudgedGate): GateChange {
  const { runId, versionId, versionNumber, adapterSlug, attempt, outcome, caseCount, modes, judgedAt, simulated } =
    gate;
  const asOf = { asOf: judgedAt.toISOString(), simulated };
  return {
    runId,
    versionId,
    versionNumber,
    adapterSlug,
    against: nameBaseline({ ...gate, candidateNumber: versionNumber }),
    attempt,
    prompts: caseCount,
    outcome,
    judgedAt: asOf.asOf,
    modes: { greedy: changesOf(modes.greedy, asOf), sampled: changesOf(modes.sampled, asOf) },
  };
}

/** Counted on scored answers, so derived. A mode without a complete prompt knows nothing: that is not zero. */
function changesOf(
  {
    n,
    prompts,
    b,
    c,
    flakeCount,
    flakeRate,
  }: Pick<ModeReport, "n" | "prompts" | "b" | "c" | "flakeCount" | "flakeRate">,
  asOf: Pick<Measurement, "asOf" | "simulated">,
): GateChange["modes"]["greedy"] {
  const make = (value: number | null, unit: string): Measurement => ({
    value: n === 0 ? null : value,
    unit,
    source: "derived",
    ...asOf,
    coverage: { seen: n, of: prompts },
  });
  return {
    changed: make((b + c) / n, "ratio"),
    regressed: make(b, "prompts"),
    improved: make(c, "prompts"),
    flaky: make(flakeCount, "prompts"),
    noiseFloor: make(flakeRate, "ratio"),
  };
}
