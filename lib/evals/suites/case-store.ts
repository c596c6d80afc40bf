import { decodeCursor, encodeCursor } from "#lib/http/cursor.ts";
import type { Page } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { type Scope, tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { CasesQuery } from "../browser/suite-schema.ts";
import type { EvalCase, SuiteMatcher } from "../eval-case.ts";
import type { StoredCase } from "../stored-sample.ts";
import { fingerprintOf } from "./fingerprint.ts";

/** Types of the domain are JSON in the catalog; Prisma only knows that they are JSON. */
const toJson = (value: unknown) => value as Prisma.InputJsonValue;
const fromJson = <T>(value: Prisma.JsonValue): T => value as T;

/** Customers see their own prompts but those held out; the database keeps these from them as well. */
const visibleTo = (scope: Scope): Prisma.EvalCaseWhereInput =>
  scope.kind === "tenant" ? { ...tenantWhere(scope), holdOut: false } : {};

const columnsOf = (evalCase: EvalCase) => {
  const { id: key, category, messages, tools, expected, holdOut, tags, template } = evalCase;
  return {
    category,
    messages: toJson(messages),
    tools: toJson(tools),
    expected: toJson({ key, ...expected }),
    holdOut: holdOut ?? false,
    tags: tags ?? [],
    template: template ?? null,
    fingerprint: fingerprintOf(evalCase),
  };
};

const CALLS_NOTHING = { expected: { path: ["calls"], equals: [] } } satisfies Prisma.EvalCaseWhereInput;

type Row = Prisma.EvalCaseGetPayload<Record<never, never>>;

/** A case as it is hashed and scored: what it does not say is left out, and its suite's matchers speak of its tools only. */
function toCase(row: Row, matchers: readonly SuiteMatcher[]): StoredCase {
  const { key, ...expected } = fromJson<EvalCase["expected"] & { key: string }>(row.expected);
  const tools = fromJson<EvalCase["tools"]>(row.tools);
  const offered = new Set(tools.map((tool) => tool.function.name));
  const own = matchers.filter(({ tool }) => offered.has(tool));
  return {
    caseId: row.id,
    id: key,
    ordinal: row.ordinal,
    category: row.category,
    messages: fromJson(row.messages),
    tools,
    expected,
    ...(row.holdOut ? { holdOut: true as const } : {}),
    ...(row.tags.length > 0 ? { tags: row.tags } : {}),
    ...(row.template === null ? {} : { template: row.template }),
    ...(own.length > 0 ? { matchers: own } : {}),
  };
}

async function matchersOf(tx: Tx, suiteId: string): Promise<SuiteMatcher[]> {
  const row = await tx.client.evalSuite.findFirst({
    where: { AND: [{ id: suiteId }, tenantWhere(tx.scope)] },
    select: { matchers: true },
  });
  return row === null ? [] : fromJson(row.matchers);
}

/** Adds cases at the places that they name. */
export async function insertCases(
  tx: Tx,
  suite: { id: string; tenantId: string },
  cases: readonly EvalCase[],
): Promise<void> {
  await tx.client.evalCase.createMany({
    data: cases.map((evalCase) => ({
      id: newId("case"),
      tenantId: suite.tenantId,
      suiteId: suite.id,
      ordinal: evalCase.ordinal,
      ...columnsOf(evalCase),
    })),
  });
}

/** All cases in the order of the suite. @param matchers other than those that the suite has now */
export async function readCases(tx: Tx, suiteId: string, matchers?: readonly SuiteMatcher[]): Promise<StoredCase[]> {
  const compared = matchers ?? (await matchersOf(tx, suiteId));
  const rows = await tx.client.evalCase.findMany({
    where: { AND: [{ suiteId }, visibleTo(tx.scope)] },
    orderBy: { ordinal: "asc" },
  });
  return rows.map((row) => toCase(row, compared));
}

/** Enough of a case to sort and count with. */
export type CaseOutline = Pick<StoredCase, "caseId" | "ordinal" | "category">;

/** All cases in the order of the suite, without what they say: a thousand of them are megabytes. */
export async function readCaseOutline(tx: Tx, suiteId: string): Promise<CaseOutline[]> {
  const rows = await tx.client.evalCase.findMany({
    where: { AND: [{ suiteId }, visibleTo(tx.scope)] },
    orderBy: { ordinal: "asc" },
    select: { id: true, ordinal: true, category: true },
  });
  return rows.map(({ id, ...rest }) => ({ caseId: id, ...rest }));
}

/** Prompts of a suite that its customer may see. */
export const countShown = (tx: Tx, suiteId: string): Promise<number> =>
  tx.client.evalCase.count({ where: { AND: [{ suiteId, holdOut: false }, visibleTo(tx.scope)] } });

/** Those of the given ids that the suite has, by id. */
export async function readCasesOf(
  tx: Tx,
  suiteId: string,
  caseIds: readonly string[],
): Promise<Map<string, StoredCase>> {
  const rows = await tx.client.evalCase.findMany({
    where: { AND: [{ suiteId, id: { in: [...caseIds] } }, visibleTo(tx.scope)] },
  });
  const matchers = await matchersOf(tx, suiteId);
  return new Map(rows.map((row) => [row.id, toCase(row, matchers)]));
}

export async function getCase(tx: Tx, suiteId: string, caseId: string): Promise<StoredCase | null> {
  const row = await tx.client.evalCase.findFirst({
    where: { AND: [{ id: caseId, suiteId }, visibleTo(tx.scope)] },
  });
  return row && toCase(row, await matchersOf(tx, suiteId));
}

/** Cases whose prompt holds these words, in whatever turn. */
async function casesWith(tx: Tx, suiteId: string, words: string): Promise<string[]> {
  const pattern = `%${words.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const rows = await tx.client.$queryRaw<{ id: string }[]>`
    SELECT c."id" FROM "EvalCase" c WHERE c."suiteId" = ${suiteId} AND EXISTS (
      SELECT 1 FROM json_array_elements(c."messages") AS m WHERE m->>'role' <> 'system' AND m->>'content' ILIKE ${pattern})`;
  return rows.map(({ id }) => id);
}

export async function pageOfCases(tx: Tx, suiteId: string, query: CasesQuery): Promise<Page<StoredCase>> {
  const { category, holdOut, expects, q } = query;
  const rows = await tx.client.evalCase.findMany({
    where: {
      AND: [
        { suiteId },
        visibleTo(tx.scope),
        category ? { category } : {},
        holdOut ? { holdOut: holdOut === "yes" } : {},
        expects === "call" ? { NOT: CALLS_NOTHING } : expects === "no_call" ? CALLS_NOTHING : {},
        q ? { id: { in: await casesWith(tx, suiteId, q) } } : {},
      ],
    },
    orderBy: { ordinal: "asc" },
    take: query.limit + 1,
    ...(query.cursor ? { cursor: { id: decodeCursor(query.cursor) }, skip: 1 } : {}),
  });
  const matchers = await matchersOf(tx, suiteId);
  const items = rows.slice(0, query.limit).map((row) => toCase(row, matchers));
  const last = items.at(-1);
  return { items, nextCursor: rows.length > query.limit && last ? encodeCursor(last.caseId) : null };
}

/** How many cases each category has, as far as the caller may see them. */
export async function countCategories(tx: Tx, suiteId: string): Promise<{ name: string; count: number }[]> {
  const rows = await tx.client.evalCase.groupBy({
    by: ["category"],
    where: { AND: [{ suiteId }, visibleTo(tx.scope)] },
    _count: true,
    orderBy: { category: "asc" },
  });
  return rows.map(({ category, _count }) => ({ name: category, count: _count }));
}

/** Replaces one case at its place. */
export async function replaceCase(tx: Tx, caseId: string, evalCase: EvalCase): Promise<void> {
  await tx.client.evalCase.updateMany({
    where: { AND: [{ id: caseId }, tenantWhere(tx.scope)] },
    data: columnsOf(evalCase),
  });
}

/** Removes one case and closes the gap. */
export async function deleteCase(tx: Tx, suiteId: string, stored: StoredCase): Promise<void> {
  await tx.client.evalCase.deleteMany({ where: { AND: [{ id: stored.caseId, suiteId }, tenantWhere(tx.scope)] } });
  // places are unique at any moment: those behind it step aside before they move up
  await tx.client
    .$executeRaw`UPDATE "EvalCase" SET "ordinal" = -"ordinal" WHERE "suiteId" = ${suiteId} AND "ordinal" > ${stored.ordinal}`;
  await tx.client
    .$executeRaw`UPDATE "EvalCase" SET "ordinal" = -"ordinal" - 1 WHERE "suiteId" = ${suiteId} AND "ordinal" < 0`;
}

/** @returns how many were there to be held out, or given back */
export async function setHoldOut(
  tx: Tx,
  suiteId: string,
  caseIds: readonly string[],
  holdOut: boolean,
): Promise<number> {
  const { count } = await tx.client.evalCase.updateMany({
    where: { AND: [{ suiteId, id: { in: [...caseIds] } }, tenantWhere(tx.scope)] },
    data: { holdOut },
  });
  return count;
}
