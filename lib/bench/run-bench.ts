import { parseArgs } from "node:util";
import { errorText } from "#lib/platform/errors.ts";
import goals from "./goals.json" with { type: "json" };
import { type Goal, type GoalLine, isSuccess, judge } from "./judge.ts";
import type { Measured } from "./measured.ts";

export type JobOptions = {
  /** How often each figure is taken. */
  runs: number;
  /** Fetch or build the peers that are not part of the product. */
  peers: boolean;
  /** Progress, for people. */
  say(line: string): void;
  /** Builds the console of this checkout where its sources changed. */
  build(): Promise<void>;
};

/** Each job brings its own modules: those of one (WebAssembly that detaches buffers) slow the other's loops down. */
const JOBS: Record<string, (options: JobOptions) => Promise<Measured[]>> = {
  admission: async (options) => (await import("./admission/run-admission.ts")).runAdmission(options),
  cache: async (options) => (await import("./cache/run-cache.ts")).runCache(options),
  charts: async (options) => (await import("./charts/run-charts.ts")).runCharts(options),
  evalrun: async (options) => (await import("./evalrun/run-evalrun.ts")).runEvalrun(options),
  gates: async (options) => (await import("./gates/run-gates.ts")).runGates(options),
  gateway: async (options) => (await import("./gateway/run-gateway.ts")).runGateway(options),
  monitoring: async (options) => (await import("./monitoring/run-monitoring.ts")).runMonitoring(options),
  quantiles: async (options) => (await import("./quantiles/run-quantiles.ts")).runQuantiles(options),
  reconcile: async (options) => (await import("./reconcile/run-reconcile.ts")).runReconcile(options),
  scale: async (options) => (await import("./scale/run-scale.ts")).runScale(options),
  scrape: async (options) => (await import("./scrape/run-scrape.ts")).runScrape(options),
  registry: async (options) => (await import("./registry/run-registry.ts")).runRegistry(options),
};
const DEFAULT_RUNS = 3;
const USAGE = `npm run bench -- <${Object.keys(JOBS).join("|")}|all> [--runs n] [--json] [--peers] [--allow-skip]`;

/** Runs jobs and judges them by `goals.json`. @returns the exit status: 0 only when every goal of the jobs was met */
export async function runBench(
  args: readonly string[],
  out: { say(line: string): void; print(line: string): void; build(): Promise<void> },
): Promise<number> {
  const asked = readArgs(args);
  if (asked === null) {
    out.say(USAGE);
    return 2;
  }
  const { jobs, runs, values } = asked;
  const lines: GoalLine[] = [];
  for (const job of jobs) {
    const measured = await runJob(job, { runs, peers: values.peers ?? false, say: out.say, build: out.build });
    for (const goal of (goals as Goal[]).filter((one) => one.job === job))
      lines.push(judge(goal, measured.find(({ metric }) => metric === goal.metric) ?? null));
  }
  for (const line of lines) out.print(values.json ? JSON.stringify(line) : sentence(line));
  return isSuccess(lines, values["allow-skip"] ?? false) ? 0 : 1;

  /** A job that fails leaves its goals without a line to pass. */
  async function runJob(job: string, options: JobOptions): Promise<Measured[]> {
    try {
      return (await JOBS[job]?.(options)) ?? [];
    } catch (error) {
      out.say(`${job} failed: ${errorText(error)}`);
      return [];
    }
  }
}

/** @returns null when that is no way to call it */
function readArgs(args: readonly string[]) {
  const options = {
    runs: { type: "string" },
    json: { type: "boolean" },
    peers: { type: "boolean" },
    "allow-skip": { type: "boolean" },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
    const [named = "", ...more] = positionals;
    const jobs = named === "all" ? Object.keys(JOBS) : [named];
    const runs = Number(values.runs ?? DEFAULT_RUNS);
    const isSound = more.length === 0 && jobs.every((job) => JOBS[job]) && Number.isInteger(runs) && runs > 0;
    return isSound ? { jobs, runs, values } : null;
  } catch {
    return null; // an option that does not exist
  }
}

function sentence(line: GoalLine): string {
  const shown = (value: number | null) => (value === null ? "?" : Number(value.toPrecision(4)).toString());
  const verdict =
    line.pass === null ? (line.skipped ? `skipped (${line.skipped})` : "no figure") : line.pass ? "ok" : "MISSED";
  const spread = line.runs > 1 ? ` [${shown(line.min)} to ${shown(line.max)}, ${line.runs} values]` : "";
  const peer = line.peerName ? `; ${line.peerName} ${shown(line.peer)}, ratio ${shown(line.ratio)}` : "";
  return `${verdict.padEnd(6)} ${line.job} ${line.metric}: ${shown(line.ours)} ${line.unit}${spread}${peer} (goal ${line.goal})`;
}
