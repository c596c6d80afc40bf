import type { Download } from "#lib/http/download.ts";
import { sheetDownload } from "#lib/http/sheet-download.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import type { Finding } from "../schema.ts";
import { groupIn } from "./row-cells.ts";
import { requireImport, type StandingRow, standingRows, toWire, withFindings } from "./view-import.ts";

const HEADER = ["row", "tenant", "adapter", "folder", "state", "check", "severity", "code", "what", "fix"];

/** Why rows are not imported, a line a reason, for the people who export the adapters. @throws AppError `not_found` */
export async function reasonsSheet(ctx: Ctx, importId: string): Promise<Download> {
  const found = await requireImport(ctx, importId);
  const left = (await standingRows(ctx, found)).filter(({ state }) => state !== "imported");
  const lines = (await withFindings(ctx, left)).flatMap(linesOf);
  return sheetDownload([HEADER, ...lines]);
}

function linesOf(judged: { row: StandingRow; findings: Finding[] }): string[][] {
  const row = toWire(judged, false);
  const head = [String(row.position), row.tenantSlug, row.adapterSlug, row.location, row.state];
  const lines = row.findings.map(({ code, severity, title, message, fix, field }) => [
    ...head,
    groupIn(code),
    severity,
    code,
    `${title}. ${message}${field === null ? "" : ` (${field})`}`,
    fix ?? "",
  ]);
  if (row.message !== null) lines.push([...head, "", "", "", row.message, ""]);
  if (lines.length === 0 && row.state !== "valid") lines.push([...head, "", "", "", "", ""]);
  return lines;
}
