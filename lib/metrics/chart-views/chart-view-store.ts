import { pageArgs, toPage } from "#lib/http/cursor.ts";
import type { Page, PageQuery } from "#lib/http/schema.ts";
import type { Tx } from "#lib/platform/db.ts";
import type { ChartView } from "../browser/chart-view-schema.ts";

type Row = { id: string; name: string; search: string; savedBy: string; savedAt: Date };

const toView = ({ savedAt, ...row }: Row): ChartView => ({ ...row, savedAt: savedAt.toISOString() });

/** By name. */
export async function listChartViews(tx: Tx, query: PageQuery): Promise<Page<ChartView>> {
  const rows = await tx.client.chartView.findMany({ ...pageArgs(query), orderBy: [{ name: "asc" }, { id: "asc" }] });
  const page = toPage(rows, query.limit);
  return { ...page, items: page.items.map(toView) };
}

export const countChartViews = (tx: Tx): Promise<number> => tx.client.chartView.count();

/** @throws when the name is taken; see `orTaken` */
export async function insertChartView(tx: Tx, row: Row): Promise<ChartView> {
  return toView(await tx.client.chartView.create({ data: row }));
}

/** @returns what was removed; null = there was none */
export async function deleteChartView(tx: Tx, id: string): Promise<ChartView | null> {
  const row = await tx.client.chartView.findUnique({ where: { id } });
  const { count } = await tx.client.chartView.deleteMany({ where: { id } });
  return row === null || count === 0 ? null : toView(row);
}
