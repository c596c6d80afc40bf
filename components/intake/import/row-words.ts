import { CHECK_GROUPS, type CheckGroup } from "#lib/registry/browser/finding-codes.ts";
import type { ImportRow } from "#lib/registry/browser/import-schema.ts";
import type { FindingSeverity } from "#lib/registry/schema.ts";
import type { StateRole } from "../../ui/status-words.ts";

/** The columns of the grid, in reading order. */
export const GROUPS: readonly { group: CheckGroup; title: string; about: string }[] = [
  ...CHECK_GROUPS.map((group) => ({ group, ...titleOf(group) })),
];

function titleOf(group: CheckGroup): { title: string; about: string } {
  switch (group) {
    case "files":
      return { title: "Files", about: "The folder and its files" };
    case "name":
      return { title: "Names", about: "Tenant and adapter, and names of files" };
    case "config":
      return { title: "Config", about: "adapter_config.json" };
    case "weights":
      return { title: "Weights", about: "The structure of the weights file" };
    case "base":
      return { title: "Base", about: "Base model, shapes and layers" };
    case "tokenizer":
      return { title: "Tokens", about: "Tokenizer and chat template" };
    case "values":
      return { title: "Values", about: "All weight values" };
    case "pool":
      return { title: "Pool", about: "Rank and limits of the pool" };
  }
}

type Cell = FindingSeverity | null;

/** Shape and word of a cell; null = nothing was checked there. */
export function cellWord(cell: Cell): { role: StateRole; word: string } {
  switch (cell) {
    case "pass":
      return { role: "ok", word: "OK" };
    case "note":
      return { role: "off", word: "Note" };
    case "warning":
      return { role: "warn", word: "Warning" };
    case "error":
      return { role: "bad", word: "Error" };
    case null:
      return { role: "unknown", word: "–" };
  }
}

/** What a row needs most, in one line: its worst finding, or what happened to it last; null when nothing is to be said. */
export function reasonOf(row: ImportRow): { text: string; fix: string | null; more: number } | null {
  const problems = row.findings.filter(({ severity }) => severity === "error" || severity === "warning");
  const [worst] = problems;
  const isExplained = row.state === "invalid" || row.state === "failed" || row.state === "unchecked";
  if (isExplained && row.message !== null) return { text: row.message, fix: null, more: problems.length };
  if (worst === undefined || row.state === "imported" || row.state === "skipped") return null;
  return { text: worst.title, fix: worst.fix, more: problems.length - 1 };
}

/** The folder's own name. */
export const folderName = (location: string): string => location.split("/").findLast((part) => part !== "") ?? location;
