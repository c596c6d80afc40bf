import { readFile } from "node:fs/promises";
import type { AdapterGroup } from "#lib/planner/cost/node-load.ts";
import { parseCsv } from "#lib/registry/imports/parse-csv.ts";

/** One start-up of `kv.csv`. */
export type StartUp = {
  model: string;
  slots: number;
  rank: number;
  maxNumSeqs: number;
  maxModelLen: number;
  /** Tokens of the KV cache; null = it broke off before it knew. */
  kvTokens: number | null;
  starts: boolean;
};

/** One hour of serving of `runs.csv`. */
export type ServedRun = {
  id: string;
  model: string;
  /** The rates of its suite: what is left out of a fit together. */
  mix: string;
  slots: number;
  rank: number;
  maxNumSeqs: number;
  adapters: number;
  groups: AdapterGroup[];
  offeredTokensPerS: number;
  outcome: "served" | "no_start";
  /** Of what was served; NaN where it did not start. */
  tokensPerS: number;
  outputTokensPerS: number;
  starved: boolean;
  ttftS: number;
  batch: number;
  waiting: number;
  /** Time between a reply's tokens, as the client saw it. */
  tpotMs: number;
};

const START_COLUMNS = [
  "model",
  "engine",
  "slots",
  "rank",
  "max_num_seqs",
  "max_model_len",
  "kv_tokens",
  "out_of_memory",
];
const RUN_COLUMNS = [
  ...["run_id", "source", "suite", "model", "status", "max_loras", "max_lora_rank", "max_num_seqs", "adapters_served"],
  ...[
    "rate_mix",
    "prompt_tokens_mean",
    "output_tokens_mean",
    "offered_tok_s",
    "output_tok_s",
    "total_tok_s",
    "starved",
  ],
  ...["ttft_mean_ms", "tpot_mean_ms", "running_mean", "waiting_mean"],
];

type Cells = Readonly<Record<string, string>>;

const ENGINE = "vLLM 0.8.5 (V1)";
const SOURCES = new Set(["ml_modelling", "digital_twin"]);

/** @throws Error when the file cannot be read, is no table, or lacks one of the columns */
async function table(path: string, columns: readonly string[]): Promise<Cells[]> {
  const { records, problems } = parseCsv(await readFile(path, "utf8"));
  const [problem] = problems;
  if (problem) throw new Error(`${path}:${problem.line}:${problem.column} ${problem.message} ${problem.fix}`);
  const [head, ...rows] = records;
  const lacking = columns.filter((name) => !head?.cells.includes(name));
  if (lacking.length > 0)
    throw new Error(`${path}:1 lacks ${lacking.join(", ")}: name the columns as the runs' README does`);
  return rows.map(({ cells }) => Object.fromEntries((head?.cells ?? []).map((name, at) => [name, cells[at] ?? ""])));
}

const number = (row: Cells, name: string): number => (row[name] ? Number(row[name]) : Number.NaN);
const text = (row: Cells, name: string): string => row[name] ?? "";

/** The start-ups of vLLM V1. */
export async function readStartUps(path: string): Promise<StartUp[]> {
  const rows = (await table(path, START_COLUMNS)).filter((row) => row.engine === ENGINE);
  return rows.map((row) => ({
    model: text(row, "model"),
    slots: number(row, "slots"),
    rank: number(row, "rank") || 1, // LoRA is off
    maxNumSeqs: number(row, "max_num_seqs") || 256, // the engine's default
    maxModelLen: number(row, "max_model_len"),
    kvTokens: row.kv_tokens ? Number(row.kv_tokens) : null,
    starts: row.out_of_memory !== "1",
  }));
}

/** The runs of vLLM V1 that served for an hour or were refused for want of memory. */
export async function readRuns(path: string): Promise<ServedRun[]> {
  const rows = (await table(path, RUN_COLUMNS)).filter(({ source = "", status = "" }) => {
    return SOURCES.has(source) && (status === "ok" || status === "out_of_memory");
  });
  return rows.map((row) => ({
    id: text(row, "run_id"),
    model: text(row, "model"),
    mix: mixOf(row),
    slots: number(row, "max_loras"),
    rank: number(row, "max_lora_rank"),
    maxNumSeqs: number(row, "max_num_seqs"),
    adapters: number(row, "adapters_served"),
    groups: groupsOf(row),
    offeredTokensPerS: number(row, "offered_tok_s"),
    outcome: row.status === "ok" ? "served" : "no_start",
    tokensPerS: number(row, "total_tok_s"),
    outputTokensPerS: number(row, "output_tok_s"),
    starved: row.starved === "1",
    ttftS: number(row, "ttft_mean_ms") / 1000,
    batch: number(row, "running_mean"),
    waiting: number(row, "waiting_mean") || 0,
    tpotMs: number(row, "tpot_mean_ms"),
  }));
}

/** A suite's rates: two suites that differ in rank alone are one mix. */
const mixOf = (row: Cells): string =>
  (/rates?_[\d.]+(?:[-_][\d.]+)*/.exec(text(row, "suite")) ?? [text(row, "suite")])[0]
    .replace(/^rates?_/, "")
    .replaceAll("-", "_");

/** Which rank has which rate is not recorded, and does not matter: each slot has the size of the highest. */
function groupsOf(row: Cells): AdapterGroup[] {
  // runs that did not start have no lengths: whether they start does not depend on them
  const [prompt, output] = ["prompt_tokens_mean", "output_tokens_mean"].map((name) => number(row, name) || 200);
  return text(row, "rate_mix")
    .split(";")
    .map((part) => {
      const [requestsPerS = Number.NaN, adapters = Number.NaN] = part.split(":").map(Number);
      const rank = number(row, "max_lora_rank");
      return { adapters, requestsPerS, rank, promptTokens: prompt ?? 200, outputTokens: output ?? 200 };
    });
}
