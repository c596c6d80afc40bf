import { parse } from "lossless-json";
import type * as z from "zod";
import { fieldProblems } from "#lib/http/browser/field-problems.ts";
import { CaseInput, type FileReport, type ReadFile } from "../../browser/suite-schema.ts";
import { SUITE_PROMPTS_MAX } from "../../browser/suite-sizes.ts";
import type { EvalCase } from "../../eval-case.ts";
import { checkCase } from "../check-case.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { checkTools } from "../tools/tool-rules.ts";
import { answerLine, importBfcl, questionLine } from "./import-bfcl.ts";
import { readExample } from "./read-example.ts";

export type LineProblem = FileReport["problems"][number];
export type Duplicate = FileReport["duplicates"][number];
export type ReadCases = { lines: number; cases: EvalCase[]; duplicates: Duplicate[]; problems: LineProblem[] };

/** A prompt with the line that it stands in; its place in the suite follows from what is left out. */
export type Found = { line: number; case: Omit<EvalCase, "id" | "ordinal"> };

const PROBLEMS_MAX = 100;
const LINE_MAX = 1_000_000;

/**
 * Reads a file of prompts whole: either all of it is sound, or every problem is told with its line, field, rule and fix.
 * A line that asks what an earlier one asks is left out and told.
 */
export function readFile(file: ReadFile): ReadCases {
  const { found, problems, lines } = file.format === "openai" ? readOpenAi(file) : readBfcl(file);
  const cases: EvalCase[] = [];
  const duplicates: Duplicate[] = [];
  const firstLine = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const { line, case: read } of found) {
    const print = fingerprintOf(read);
    const of = firstLine.get(print);
    if (of !== undefined) {
      duplicates.push({ line, of });
      continue;
    }
    firstLine.set(print, line);
    const number = (counts.get(read.category) ?? 0) + 1;
    counts.set(read.category, number);
    cases.push({ id: `${read.category}-${String(number).padStart(3, "0")}`, ordinal: cases.length + 1, ...read });
  }
  if (cases.length > SUITE_PROMPTS_MAX)
    problems.push(
      at(
        lines,
        "",
        "too_many_prompts",
        `${cases.length} prompts; a suite has ${SUITE_PROMPTS_MAX} at most.`,
        "Split the file.",
      ),
    );
  if (cases.length === 0 && problems.length === 0)
    problems.push(at(1, "", "no_prompts", "The file holds no prompt.", "Give one JSON object a line."));
  return { lines, cases, duplicates, problems: problems.sort((a, b) => a.line - b.line).slice(0, PROBLEMS_MAX) };
}

const at = (
  line: number,
  field: string,
  code: string,
  message: string,
  fix: string,
  file: LineProblem["file"] = "text",
): LineProblem => ({ line, file, field, code, message, fix });

type Line<T> = { line: number; value: T };
type Reading = { found: Found[]; problems: LineProblem[]; lines: number };

/** Every line that is not empty, as JSON; what is none is told. */
function linesOf<T>(
  text: string,
  file: LineProblem["file"],
  problems: LineProblem[],
  read: (line: string) => T,
): Line<T>[] {
  return text.split(/\r?\n/).flatMap((content, index): Line<T>[] => {
    const line = index + 1;
    if (content.trim() === "") return [];
    if (content.length > LINE_MAX) {
      problems.push(at(line, "", "line_too_long", `Longer than ${LINE_MAX} characters.`, "Shorten it.", file));
      return [];
    }
    try {
      return [{ line, value: read(content.replace(/^\uFEFF/, "")) }];
    } catch (error) {
      const why = error instanceof SyntaxError ? error.message : "nested too deep";
      problems.push(at(line, "", "bad_json", `No JSON: ${why}.`, "Write one JSON object in this line.", file));
      return [];
    }
  });
}

function readOpenAi({ text, category }: ReadFile): Reading {
  const problems: LineProblem[] = [];
  // twice: arguments keep their digits, everything else is plain
  const read = linesOf(text, "text", problems, (line): { plain: unknown; exact: unknown } => ({
    plain: JSON.parse(line),
    exact: parse(line, null, { onDuplicateKey: ({ newValue }) => newValue }),
  }));
  const found = read.flatMap(({ line, value }): Found[] => {
    const example = readExample(value.plain, value.exact, category);
    if (!example.ok) {
      problems.push(...example.problems.map((problem) => ({ line, file: "text" as const, ...problem })));
      return [];
    }
    const parsed = CaseInput.safeParse(example.input);
    const wrong = parsed.success ? checkCase(parsed.data) : fieldProblems(parsed.error);
    if (!parsed.success || wrong.length > 0) {
      problems.push(...wrong.map((problem) => ({ line, file: "text" as const, ...problem })));
      return [];
    }
    const { holdOut, tags, ...rest } = parsed.data;
    const prompt = rest as Found["case"];
    return [
      {
        line,
        case: { ...prompt, ...(holdOut ? { holdOut: true as const } : {}), ...(tags.length > 0 ? { tags } : {}) },
      },
    ];
  });
  return { found, problems, lines: read.length };
}

function readBfcl({ text, answers, category }: ReadFile): Reading {
  const problems: LineProblem[] = [];
  const questions = shaped(linesOf(text, "text", problems, parse), questionLine, "text", problems);
  if (answers !== undefined) shaped(linesOf(answers, "answers", problems, parse), answerLine, "answers", problems);
  if (problems.length > 0) return { found: [], problems, lines: questions.length };
  const { cases, refused } = importBfcl({ category, questions: text, ...(answers === undefined ? {} : { answers }) });
  const lineOf = new Map(questions.map(({ line, value }) => [value.id, line]));
  for (const { id, reason } of refused)
    problems.push(at(lineOf.get(id) ?? 1, "", "not_expressible", `${id} ${reason}.`, "Remove this line."));
  const found = cases.map(({ id, ordinal: _place, ...read }): Found => ({ line: lineOf.get(id) ?? 1, case: read }));
  for (const { line, case: read } of found)
    problems.push(
      ...checkTools(read.tools, { field: "function", isStrict: false }).map((problem) => ({
        line,
        file: "text" as const,
        ...problem,
      })),
    );
  return { found, problems, lines: questions.length };
}

function shaped<T>(
  lines: readonly Line<unknown>[],
  schema: z.ZodType<T>,
  file: LineProblem["file"],
  problems: LineProblem[],
): Line<T>[] {
  return lines.flatMap(({ line, value }): Line<T>[] => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return [{ line, value: parsed.data }];
    problems.push(...fieldProblems(parsed.error).map((problem) => ({ line, file, ...problem })));
    return [];
  });
}
