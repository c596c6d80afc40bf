import { cpus, loadavg } from "node:os";
import type { Program } from "#lib/testbed/program.ts";
import type { Measured } from "../judge.ts";
import { CONCURRENCY, SIDES, SIZE } from "./plan.ts";
import { beginAt, countsOf, type MockCounts, type RunFigures, runClient, startClient, startMock } from "./programs.ts";

/** A worker runs for weeks; until V8 has compiled it, a call costs three times as much. */
const WARM = { seed: 0, tenants: 2 };
const MODES = 2;
const CALLS = SIZE.tenants * SIZE.prompts * SIDES.length * MODES;

type Run = { client: RunFigures; mock: MockCounts };

/** Job `evalrun`: the gates of 20 tenants, one after the other, each side in both modes. About 50 s a run. */
export async function runEvalrun(options: { runs: number; say(line: string): void }): Promise<Measured[]> {
  const mock = await startMock();
  const client = await startClient();
  try {
    await measure(mock, client, WARM);
    const runs: Run[] = [];
    for (let seed = 1; seed <= options.runs; seed += 1) {
      const run = await measure(mock, client, { seed, tenants: SIZE.tenants });
      runs.push(run);
      options.say(`run ${seed}: ${tell(run)}`);
    }
    const of = (metric: string, value: (run: Run) => number): Measured => ({ metric, ours: runs.map(value) });
    return [
      of("makespan_over_lower_bound", (run) => run.client.makespanMs / lowerBoundMs(run.mock)),
      of("swaps_over_adapters", (run) => run.mock.swaps / (SIZE.tenants * SIDES.length)),
      of("client_cpu_per_call", (run) => run.client.cpuMs / run.mock.attempts),
      of("scoring_share_of_makespan", ({ client: { scoringMs, makespanMs } }) => (scoringMs / makespanMs) * 100),
      of("prompts_without_an_answer", (run) => CALLS - run.client.answered),
    ];
  } finally {
    await client.kill();
    await mock.kill();
  }
}

async function measure(mock: Program, client: Program, { seed, tenants }: typeof WARM): Promise<Run> {
  const url = await beginAt(mock, seed);
  const figures = await runClient(client, { url, tenants });
  return { client: figures, mock: await countsOf(mock) };
}

/** If no slot were ever free: all attempts, and what they were told to wait, one after the other in 32 rows. */
const lowerBoundMs = ({ latencyMs, orderedMs }: MockCounts): number => (latencyMs + orderedMs) / CONCURRENCY;

function tell({ client, mock }: Run): string {
  const seconds = (ms: number) => (ms / 1_000).toFixed(2);
  return [
    `${client.answered} answers in ${seconds(client.makespanMs)} s, ${seconds(lowerBoundMs(mock))} s at the least (${seconds(lowerBoundMs({ ...mock, latencyMs: mock.drawnMs }))} s as drawn);`,
    `${mock.attempts} attempts, ${mock.turnedAway} turned away (for ${seconds(mock.orderedMs)} s in all),`,
    `${mock.failures} failed, ${mock.mostInFlight} at once, ${mock.swaps} swaps;`,
    `${seconds(client.cpuMs)} s of CPU, scoring ${seconds(client.scoringMs)} s;`,
    `the machine's load is ${(loadavg()[0] ?? 0).toFixed(1)} on ${cpus().length} cores`,
  ].join(" ");
}
