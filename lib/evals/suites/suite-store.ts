import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { tenantWhere } from "#lib/platform/scope.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import type { SuiteSource } from "../browser/suite-schema.ts";
import type { EvalCase, SuiteMatcher } from "../eval-case.ts";
import { insertCases } from "./case-store.ts";
import { defaultSuites } from "./default-suite-store.ts";

const SUITE = { _count: { select: { runs: true } } } as const satisfies Prisma.EvalSuiteInclude;
type StoredSuite = Prisma.EvalSuiteGetPayload<{ include: typeof SUITE }>;
export type SuiteRow = Omit<StoredSuite, "matchers" | "source" | "_count"> & {
  matchers: SuiteMatcher[];
  source: SuiteSource;
  /** A run used it, so nothing of it changes any more; the database refuses to, too. */
  isFinal: boolean;
};

const toRow = ({ _count, ...row }: StoredSuite): SuiteRow => ({
  ...row,
  matchers: row.matchers as SuiteMatcher[],
  source: row.source as SuiteSource,
  isFinal: _count.runs > 0,
});

export type NewSuite = {
  tenantId: string;
  name: string;
  revision: number;
  source: SuiteSource;
  basedOnId: string | null;
  templateId: string | null;
  remarks: string[];
  seed: string | null;
  hash: string;
  matchers: readonly SuiteMatcher[];
  createdBy: string;
  createdAt: Date;
};

/** Adds a suite with its cases, which get ids in the order of the suite. */
export async function insertSuite(tx: Tx, suite: NewSuite, cases: readonly EvalCase[]): Promise<SuiteRow> {
  const { matchers, ...rest } = suite;
  const heldOut = cases.filter(({ holdOut }) => holdOut).length;
  const row = await tx.client.evalSuite.create({
    data: { id: newId("suite"), caseCount: cases.length, heldOut, matchers: [...matchers], ...rest },
    include: SUITE,
  });
  await insertCases(tx, row, cases);
  return toRow(row);
}

export async function newestRevision(tx: Tx, tenantId: string, name: string): Promise<SuiteRow | null> {
  const row = await tx.client.evalSuite.findFirst({
    where: { AND: [{ tenantId, name }, tenantWhere(tx.scope)] },
    orderBy: { revision: "desc" },
    include: SUITE,
  });
  return row && toRow(row);
}

/** The suite that a gate takes where none is named: the tenant's newest that is long enough, else its newest. */
export async function defaultSuite(tx: Tx, tenantId: string): Promise<SuiteRow | null> {
  const [found] = await defaultSuites(tx, [tenantId]);
  return found ? getSuite(tx, found.id) : null;
}

export async function getSuite(tx: Tx, suiteId: string): Promise<SuiteRow | null> {
  const row = await tx.client.evalSuite.findFirst({
    where: { AND: [{ id: suiteId }, tenantWhere(tx.scope)] },
    include: SUITE,
  });
  return row && toRow(row);
}

export async function listSuites(tx: Tx, query: PageQuery & { tenantId?: string }): Promise<Page<SuiteRow>> {
  const { tenantId } = query;
  const rows = await tx.client.evalSuite.findMany({
    ...pageArgs(query),
    where: { AND: [tenantId ? { tenantId } : {}, tenantWhere(tx.scope)] },
    include: SUITE,
  });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map(toRow) };
}

type SuiteChange = { hash: string; caseCount: number; heldOut: number; matchers: readonly SuiteMatcher[] };

/** @returns false when somebody else changed it since the caller read it */
export async function changeSuite(tx: Tx, suite: SuiteRow, { matchers, ...change }: SuiteChange): Promise<boolean> {
  const { count } = await tx.client.evalSuite.updateMany({
    where: { AND: [{ id: suite.id, generation: suite.generation }, tenantWhere(tx.scope)] },
    data: { ...change, matchers: [...matchers], generation: { increment: 1 } },
  });
  return count === 1;
}
