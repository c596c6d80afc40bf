import { decodeCursor, encodeCursor } from "#lib/http/cursor.ts";
import type { PageQuery } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { notFound } from "#lib/platform/errors.ts";
import { type CaseResult, type SampleFilter, type SampleOrder, type SamplePage, sampleFilters } from "../schema.ts";
import { getRun, readOutline, readSamples, readScores } from "../store.ts";
import { type CaseOutline, getCase, readCaseOutline, readCasesOf } from "../suites/case-store.ts";
import { pairSamples, showCaseResult, sortIntoFilters } from "./pair-samples.ts";

type GridQuery = PageQuery & { runId: string; filter: SampleFilter; sort: SampleOrder; category?: string };

/** The comparison grid of a run: its cases, each with the answers of all sides. Reads no raw reply. */
export async function listSamples(ctx: Ctx, query: GridQuery): Promise<SamplePage> {
  const { tx } = ctx;
  const run = await getRun(tx, query.runId);
  if (run === null) throw notFound("run");
  const cases = await readCaseOutline(tx, run.suiteId);
  const ordinals = cases.map(({ ordinal }) => ordinal);
  const { shown, lost } = sortIntoFilters(ordinals, await readOutline(tx, run.id));
  const filtered = new Set(shown[query.filter]);
  const lossOf = ({ ordinal }: CaseOutline) => lost.get(ordinal) ?? 0;
  const order = query.sort === "suite" ? cases : [...cases].sort((left, right) => lossOf(right) - lossOf(left));
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor);
  const left = order
    .slice(order.findIndex(({ caseId }) => caseId === after) + 1)
    .filter(({ ordinal, category }) => filtered.has(ordinal) && isOf(query.category, category));
  const page = left.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: await pairPage(ctx, run, page),
    nextCursor: left.length > page.length && last ? encodeCursor(last.caseId) : null,
    counts: countFilters(cases, shown, query.category),
    categories: countCategories(cases, filtered),
  };
}

const isOf = (wanted: string | undefined, category: string): boolean => wanted === undefined || wanted === category;

async function pairPage(
  ctx: Ctx,
  run: { id: string; suiteId: string },
  page: readonly CaseOutline[],
): Promise<SamplePage["items"]> {
  const caseIds = page.map(({ caseId }) => caseId);
  const cases = await readCasesOf(ctx.tx, run.suiteId, caseIds);
  const ordinals = page.map(({ ordinal }) => ordinal);
  const samples = await readScores(ctx.tx, run.id, ordinals);
  const byCase = new Map(caseIds.map((caseId) => [caseId, [] as typeof samples]));
  for (const sample of samples) byCase.get(sample.caseId)?.push(sample);
  const isStaff = ctx.scope.kind === "platform";
  return caseIds.flatMap((caseId) => {
    const stored = cases.get(caseId);
    return stored ? [pairSamples(stored, byCase.get(caseId) ?? [], isStaff)] : [];
  });
}

function countFilters(
  cases: readonly CaseOutline[],
  shown: Record<SampleFilter, number[]>,
  category: string | undefined,
): SamplePage["counts"] {
  const own = new Set(cases.filter((stored) => isOf(category, stored.category)).map(({ ordinal }) => ordinal));
  const count = (filter: SampleFilter) => shown[filter].filter((ordinal) => own.has(ordinal)).length;
  return Object.fromEntries(sampleFilters.map((filter) => [filter, count(filter)])) as SamplePage["counts"];
}

/** All categories of the suite, in its order, also those that the filter leaves empty. */
function countCategories(cases: readonly CaseOutline[], filtered: ReadonlySet<number>): SamplePage["categories"] {
  const counts = new Map<string, number>();
  for (const { category, ordinal } of cases)
    counts.set(category, (counts.get(category) ?? 0) + (filtered.has(ordinal) ? 1 : 0));
  return [...counts].map(([category, count]) => ({ category, count }));
}

/** One case of a run with the raw replies of all sides. */
export async function readCaseResult(ctx: Ctx, input: { runId: string; caseId: string }): Promise<CaseResult> {
  const run = await getRun(ctx.tx, input.runId);
  if (run === null) throw notFound("run");
  const stored = await getCase(ctx.tx, run.suiteId, input.caseId);
  if (stored === null) throw notFound("case");
  return showCaseResult(stored, await readSamples(ctx.tx, run.id, stored.caseId), ctx.scope.kind === "platform");
}
