import { decodeCursor, encodeCursor } from "#lib/http/cursor.ts";
import type { PageQuery } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { pairSamples, showCaseResult, sortIntoFilters } from "./pair-samples.ts";
import { type CaseResult, type SampleFilter, type SamplePage, sampleFilters } from "./schema.ts";
import { getRun, readOutline, readSamples, readScores } from "./store.ts";
import { getCase, readCases } from "./suites/case-store.ts";

/** The comparison grid of a run: its cases in the suite's order, each with the answers of all sides. */
export async function listSamples(
  ctx: Ctx,
  query: PageQuery & { runId: string; filter: SampleFilter },
): Promise<SamplePage> {
  const { tx } = ctx;
  const run = await getRun(tx, query.runId);
  if (run === null) throw notFound("run");
  const cases = await readCases(tx, run.suiteId);
  const shown = sortIntoFilters(
    cases.map(({ ordinal }) => ordinal),
    await readOutline(tx, run.id),
  );
  const filtered = new Set(shown[query.filter]);
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor);
  const from = after === null ? 0 : (cases.find(({ caseId }) => caseId === after)?.ordinal ?? 0);
  const left = cases.filter(({ ordinal }) => ordinal > from && filtered.has(ordinal));
  const page = left.slice(0, query.limit);
  const samples = await readScores(
    tx,
    run.id,
    page.map(({ ordinal }) => ordinal),
  );
  const isStaff = ctx.scope.kind === "platform";
  const last = page.at(-1);
  return {
    items: page.map((stored) =>
      pairSamples(
        stored,
        samples.filter(({ caseId }) => caseId === stored.caseId),
        isStaff,
      ),
    ),
    nextCursor: left.length > page.length && last ? encodeCursor(last.caseId) : null,
    counts: countsOf(shown),
  };
}

const countsOf = (shown: Record<SampleFilter, number[]>): SamplePage["counts"] =>
  Object.fromEntries(sampleFilters.map((filter) => [filter, shown[filter].length])) as SamplePage["counts"];

/** One case of a run with the raw replies of all sides. */
export async function readCaseResult(ctx: Ctx, input: { runId: string; caseId: string }): Promise<CaseResult> {
  const run = await getRun(ctx.tx, input.runId);
  if (run === null) throw notFound("run");
  const stored = await getCase(ctx.tx, run.suiteId, input.caseId);
  if (stored === null) throw notFound("case");
  return showCaseResult(stored, await readSamples(ctx.tx, run.id, stored.caseId), ctx.scope.kind === "platform");
}
