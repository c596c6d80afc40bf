import { checkOpenApi } from "./check-openapi.ts";
import { checkImportRules } from "./import-rules.ts";
import { runTool, type ToolResult, toolPath } from "./run-tool.ts";
import { checkWords } from "./words.ts";

export type Counts = { passed: number; failed: number };

type Check = { name: string; run: (root: string) => Promise<ToolResult> };

const importRules = async (root: string): Promise<ToolResult> => {
  const { read, source, violations, problems } = checkImportRules(root);
  const lines = violations.map(({ rule, path, line, message }) => `rule ${rule}  ${path}:${line}  ${message}`);
  return {
    ok: lines.length + problems.length === 0,
    output: [...problems, ...lines, `${read} files read, listed by ${source}`].join("\n"),
  };
};

/** Private words and overlong sentences, a line each with path and line. */
const words = async (root: string): Promise<ToolResult> => {
  const { read, findings } = checkWords(root);
  return { ok: findings.length === 0, output: [...findings, `${read} texts read`].join("\n") };
};

/** The fast checks: no services, no network. From cheap to dear, each on its own core's worth of time. */
const CHECKS: readonly Check[] = [
  {
    name: "format and lint",
    run: (root) =>
      runTool(root, toolPath(root, "@biomejs/biome", "biome"), ["ci", "--colors=off", "--diagnostic-level=error", "."]),
  },
  { name: "import rules", run: importRules },
  { name: "words", run: words },
  { name: "types", run: checkTypes },
  { name: "unused code", run: (root) => runTool(root, toolPath(root, "knip"), ["--no-progress", "--no-config-hints"]) },
  { name: "API document", run: checkOpenApi },
];

/** Also that pages export what Next expects, which the build itself does not look at (`next.config.mjs`). */
async function checkTypes(root: string) {
  const written = await runTool(root, toolPath(root, "next"), ["typegen"]);
  return written.ok ? runTool(root, toolPath(root, "typescript", "tsc"), ["--noEmit", "--project", "."]) : written;
}

const MAX_LINES = 60;
const MAX_COLUMNS = 200;

const shortened = (output: string): string[] => {
  const lines = output.split("\n");
  const rest = lines.length - MAX_LINES;
  return [
    ...lines.slice(0, MAX_LINES).map((line) => line.slice(0, MAX_COLUMNS)),
    ...(rest > 0 ? [`… and ${rest} lines more`] : []),
  ];
};

/** Runs every check, also after one failed; prints a line each, and the output of those that failed. */
export async function runChecks(root: string, print: (line: string) => void): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0 };
  for (const { name, run } of CHECKS) {
    const startedAt = performance.now();
    const { ok, output } = await run(root);
    counts[ok ? "passed" : "failed"] += 1;
    print(`${ok ? "ok    " : "FAILED"}  ${name.padEnd(16)} ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    if (!ok) for (const line of shortened(output)) print(`        ${line}`);
  }
  return counts;
}
