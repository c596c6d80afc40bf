import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { errorText } from "#lib/platform/errors.ts";
import { GOALS } from "./goals.ts";
import { type GoalLine, isSuccess, judge, type Measured } from "./judge.ts";

export type JobOptions = {
  /** How often each figure is taken. */
  runs: number;
  /** Fetch or build the peers that are not part of the product. */
  peers: boolean;
  /** Progress, for people. */
  log(line: string): void;
  /** Job `planner`: measured runs and start-ups of one's own; null = those of the project. */
  files: { runs: string | null; kv: string | null };
  /** Job `planner`: fit and print new coefficients. */
  fit: boolean;
  /** Builds the console of this checkout where its sources changed. */
  build(): Promise<void>;
};

type Job = (options: JobOptions) => Promise<Measured[]>;

/** Each job brings its own modules: those of one (WebAssembly that detaches buffers) slow the other's loops down. */
const JOBS: Record<string, () => Promise<Job>> = {
  admission: async () => (await import("./admission/run-admission.ts")).runAdmission,
  cache: async () => (await import("./cache/run-cache.ts")).runCache,
  charts: async () => (await import("./charts/run-charts.ts")).runCharts,
  evalrun: async () => (await import("./evalrun/run-evalrun.ts")).runEvalrun,
  gates: async () => (await import("./gates/run-gates.ts")).runGates,
  gateway: async () => (await import("./gateway/run-gateway.ts")).runGateway,
  monitoring: async () => (await import("./monitoring/run-monitoring.ts")).runMonitoring,
  planner: async () => (await import("./planner/run-planner.ts")).runPlanner,
  quantiles: async () => (await import("./quantiles/run-quantiles.ts")).runQuantiles,
  reconcile: async () => (await import("./reconcile/run-reconcile.ts")).runReconcile,
  scale: async () => (await import("./scale/run-scale.ts")).runScale,
  scrape: async () => (await import("./scrape/run-scrape.ts")).runScrape,
  registry: async () => (await import("./registry/run-registry.ts")).runRegistry,
};
const DEFAULT_RUNS = 3;
const USAGE = `npm run bench -- <${Object.keys(JOBS).join("|")}|all> [--runs n] [--json] [--peers] [--allow-skip]
of planner also: [--runs file] [--kv file] [--fit]`;

/** Runs jobs and judges them by `goals.ts`. @returns the exit status: 0 only when every goal of the jobs was met */
export async function runBench(
  args: readonly string[],
  out: { log(line: string): void; print(line: string): void; build(): Promise<void> },
): Promise<number> {
  const asked = readArgs(args);
  if (asked === null) {
    out.log(USAGE);
    return 2;
  }
  const { jobs, values, ...own } = asked;
  const lines: GoalLine[] = [];
  for (const job of jobs) {
    const measured = await runJob(job, { ...own, peers: values.peers ?? false, log: out.log, build: out.build });
    out.log(`the machine's load is ${(loadavg()[0] ?? 0).toFixed(1)} on ${cpus().length} cores`);
    for (const goal of GOALS.filter((one) => one.job === job))
      lines.push(judge(goal, measured.find(({ metric }) => metric === goal.metric) ?? null));
  }
  for (const line of lines) out.print(values.json ? JSON.stringify(line) : sentence(line));
  return isSuccess(lines, values["allow-skip"] ?? false) ? 0 : 1;
}

/** A job that fails leaves its goals without a line to pass. */
async function runJob(job: string, options: JobOptions): Promise<Measured[]> {
  try {
    const run = await JOBS[job]?.();
    return (await run?.(options)) ?? [];
  } catch (error) {
    options.log(`${job} failed: ${errorText(error)}`);
    return [];
  }
}

/** @returns null when that is no way to call it */
function readArgs(args: readonly string[]) {
  const [flag, text] = [{ type: "boolean" } as const, { type: "string" } as const];
  const options = { runs: text, kv: text, fit: flag, json: flag, peers: flag, "allow-skip": flag };
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
    const [named = "", ...more] = positionals;
    const jobs = named === "all" ? Object.keys(JOBS) : [named];
    const isPlanner = named === "planner";
    const isFile = isPlanner && !/^\d+$/.test(values.runs ?? "0");
    const runs = isFile ? DEFAULT_RUNS : Number(values.runs ?? DEFAULT_RUNS);
    const files = { runs: isFile ? (values.runs ?? null) : null, kv: values.kv ?? null };
    const isSound = more.length === 0 && jobs.every((job) => JOBS[job]) && Number.isInteger(runs) && runs > 0;
    const isItsOwn = isPlanner || (files.kv === null && !values.fit);
    return isSound && isItsOwn ? { jobs, runs, files, fit: values.fit ?? false, values } : null;
  } catch {
    return null; // an option that does not exist
  }
}

function sentence({ pass, skipped, job, metric, ours, unit, runs, min, max, ...line }: GoalLine): string {
  const shown = (value: number | null) => (value === null ? "?" : Number(value.toPrecision(4)).toString());
  const unjudged = skipped ? `skipped (${skipped})` : "no figure";
  const verdict = pass === null ? unjudged : pass ? "ok" : "MISSED";
  const spread = runs > 1 ? ` [${shown(min)} to ${shown(max)}, ${runs} values]` : "";
  const peer = line.peerName ? `; ${line.peerName} ${shown(line.peer)}, ratio ${shown(line.ratio)}` : "";
  return `${verdict.padEnd(6)} ${job} ${metric}: ${shown(ours)} ${unit}${spread}${peer} (goal ${line.goal})`;
}
