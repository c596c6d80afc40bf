import type { Ctx } from "#lib/identity/ctx.ts";
import { invalid, notFound } from "#lib/platform/errors.ts";
import { getTenant } from "#lib/registry/tenants/tenant-store.ts";
import type { FileReport, ImportSuite, ReadFile, Suite } from "../../browser/suite-schema.ts";
import { defaultPolicy } from "../../gate-policy.ts";
import { clopperPearsonUpper } from "../../verdict/statistics.ts";
import { summarise } from "../../verdict/summarise.ts";
import { addSuite } from "../add-suite.ts";
import { holdOutShare } from "../hold-out.ts";
import { toSuite } from "../show-suite.ts";
import { type Duplicate, readFile } from "./read-file.ts";

/** What importing a file would do. @throws AppError `not_found` */
export async function previewFile(ctx: Ctx, input: ReadFile & { tenantId: string }): Promise<FileReport> {
  if ((await getTenant(ctx.tx, input.tenantId)) === null) throw notFound("tenant");
  const { lines, cases, duplicates, problems } = readFile(input);
  const names = [...new Set(cases.map(({ category }) => category))].sort();
  const count = (name: string) => cases.filter(({ category }) => category === name).length;
  return {
    lines,
    prompts: cases.length,
    isLargeEnough: cases.length >= defaultPolicy.promptsMin,
    claim: summarise({ n: cases.length, U95: clopperPearsonUpper(0, cases.length) }),
    categories: names.map((name) => ({ name, count: count(name) })),
    duplicates,
    problems,
  };
}

/**
 * Makes a suite of a file: all of it, or nothing.
 * @throws AppError `not_found`, `conflict` (`suite_unchanged`), or `invalid` naming line and field of every problem
 */
export async function importSuite(ctx: Ctx, input: ImportSuite & { tenantId: string }): Promise<Suite> {
  const { tenantId, name, format, holdOutShare: share } = input;
  const tenant = await getTenant(ctx.tx, tenantId);
  if (tenant === null) throw notFound("tenant");
  const { lines, cases, duplicates, problems } = readFile(input);
  if (problems.length > 0)
    throw invalid(
      problems.map(({ line, file, field, code, message, fix }) => ({
        field: `${file}:${line}${field === "" ? "" : ` ${field}`}`,
        code,
        message: `Line ${line}${file === "answers" ? " of the answers" : ""}: ${message}`,
        fix,
      })),
    );
  const suite = await addSuite(ctx, {
    tenantId,
    name,
    source: "import",
    seed: null,
    cases: holdOutShare(cases, share, tenant.slug),
    remarks: remarksOn(duplicates),
    details: { format, lines, duplicates: duplicates.length },
  });
  return toSuite(suite);
}

const REMARKS_MAX = 20;

function remarksOn(duplicates: readonly Duplicate[]): string[] {
  const listed = duplicates
    .slice(0, REMARKS_MAX)
    .map(({ line, of }) => `Line ${line} repeats line ${of}, and was left out.`);
  const more = duplicates.length - listed.length;
  return more > 0 ? [...listed, `${more} more lines repeat earlier ones.`] : listed;
}
