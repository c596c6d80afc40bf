import * as z from "zod";
import { IsoTime, idOf, pageOf } from "#lib/http/schema.ts";

/** What the charts page takes in its address. */
export const VIEW_KEYS = ["pool", "node", "tenant", "charts", "by", "range", "from", "to", "every", "compare"] as const;

export const ChartViewSchema = z.object({
  id: idOf("cvw"),
  name: z.string(),
  /** Behind the question mark of the charts page; empty = the page as it opens. */
  search: z.string(),
  savedBy: z.string(),
  savedAt: IsoTime,
});
export type ChartView = z.infer<typeof ChartViewSchema>;
export const ChartViewPage = pageOf(ChartViewSchema);

export const SaveChartView = z.strictObject({
  name: z.string().trim().min(1).max(80),
  search: z.string().max(1_000),
});
export type SaveChartView = z.output<typeof SaveChartView>;
