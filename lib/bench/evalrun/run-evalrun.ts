import { WORKER_NODE_FLAGS } from "#lib/platform/node-flags.ts";
import { bundleProgram } from "#lib/testbed/bundle-program.ts";
import { withOpened } from "#lib/testbed/opened.ts";
import { ask, type Program, startModule, startProgram } from "#lib/testbed/program.ts";
import type { Measured } from "../judge.ts";
import type { ClientQuestion, RunMetrics } from "./client-child.ts";
import type { MockAnswer, MockCounts, MockQuestion } from "./mock-child.ts";
import { CONCURRENCY, SIDES, SIZE } from "./plan.ts";

/** A worker runs for weeks; until V8 has compiled it, a call costs three times as much. */
const WARM = { seed: 0, tenants: 2 };
const MODES = 2;
const CALLS = SIZE.tenants * SIZE.prompts * SIDES.length * MODES;

type Run = RunMetrics & MockCounts;

/** Job `evalrun`: the gates of 20 tenants, one after the other, each side in both modes. About 50 s a run. */
export const runEvalrun = (options: { runs: number; log(line: string): void }): Promise<Measured[]> =>
  withOpened(async (keep) => {
    const kill = (program: Program) => program.kill();
    const mock = keep(await startModule(new URL("./mock-child.ts", import.meta.url), null), kill);
    // as a production start runs a worker: bundled, with its flags
    const bundle = await bundleProgram("lib/bench/evalrun/client-child.ts", "evalrun-client");
    const args = [...WORKER_NODE_FLAGS, bundle];
    const client = keep(await startProgram({ file: process.execPath, args, core: null }), kill);
    await measure(mock, client, WARM);
    const runs: Run[] = [];
    for (let seed = 1; seed <= options.runs; seed += 1) {
      const run = await measure(mock, client, { seed, tenants: SIZE.tenants });
      runs.push(run);
      options.log(`run ${seed}: ${formatRun(run)}`);
    }
    const of = (metric: string, value: (run: Run) => number): Measured => ({ metric, ours: runs.map(value) });
    return [
      of("makespan_over_lower_bound", (run) => run.makespanMs / lowerBoundMs(run)),
      of("swaps_over_adapters", ({ swaps }) => swaps / (SIZE.tenants * SIDES.length)),
      of("client_cpu_per_call", ({ cpuMs, attempts }) => cpuMs / attempts),
      of("scoring_share_of_makespan", ({ scoringMs, makespanMs }) => (scoringMs / makespanMs) * 100),
      of("prompts_without_an_answer", ({ answered }) => CALLS - answered),
    ];
  });

async function measure(mock: Program, client: Program, { seed, tenants }: typeof WARM): Promise<Run> {
  const { port } = await ask<MockAnswer>(mock, { seed } satisfies MockQuestion);
  const question: ClientQuestion = { url: `http://127.0.0.1:${port}`, tenants };
  const metrics = await ask<RunMetrics>(client, question);
  const { counts } = await ask<MockAnswer>(mock, { seed: null } satisfies MockQuestion);
  return { ...metrics, ...counts };
}

/** If no slot were ever free: all attempts, and what they were told to wait, one after the other in 32 rows. */
const lowerBoundMs = ({ latencyMs, orderedMs }: MockCounts): number => (latencyMs + orderedMs) / CONCURRENCY;

function formatRun(run: Run): string {
  const seconds = (ms: number) => (ms / 1_000).toFixed(2);
  return [
    `${run.answered} answers in ${seconds(run.makespanMs)} s, ${seconds(lowerBoundMs(run))} s at the least;`,
    `${run.attempts} attempts, ${run.turnedAway} turned away (for ${seconds(run.orderedMs)} s in all),`,
    `${run.failures} failed, ${run.swaps} swaps; ${seconds(run.cpuMs)} s of CPU, scoring ${seconds(run.scoringMs)} s`,
  ].join(" ");
}
