import { ApiError, type Client } from "#lib/api/client.ts";
import { untilTrue } from "../gateway/client-check.ts";
import { addTrainedVersion, type ProductCustomer } from "../gateway/open-product.ts";
import { readRun } from "./run-gate.ts";
import { FULL_PROMPTS, FULL_SUITE } from "./trained-prompts.ts";

/** One greedy take and five sampled, of three sides. */
const LEAST_SAMPLES = FULL_PROMPTS * 3 * (1 + 5);
/** Both gates together. */
const FULL_GATE_MS = 3_600_000;

type FullGate = {
  candidate: "the same adapter" | "the other adapter";
  run: Awaited<ReturnType<typeof readRun>>;
  seconds: number;
  /** With what a cutover behind this gate was refused; null = it was not. */
  refusal: string | null;
};

/**
 * Runs two complete gates of 200 prompts in both modes against a live `support-bot`: the same adapter again, then the other
 * one, whose cutover is then tried.
 * @param print hears of each gate as it ends @throws Error when they take longer than an hour
 */
export async function runFullGates(
  admin: Client,
  { tenantId, adapterId }: ProductCustomer,
  print: (line: string) => void,
): Promise<FullGate[]> {
  await admin.call("POST /tenants/{tenantId}/suites/import", {
    params: { tenantId },
    body: { name: "Complete", format: "openai", text: FULL_SUITE },
  });
  const deadline = performance.now() + FULL_GATE_MS;
  const gates: FullGate[] = [];
  for (const [candidate, folder] of [
    ["the same adapter", "support-bot"],
    ["the other adapter", "billing-helper"],
  ] as const) {
    const startedAt = performance.now();
    const { id: versionId } = await addTrainedVersion(admin, adapterId, folder);
    const { id: runId } = await admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
    const hasEnded = async () => (await readRun(admin, runId)).finishedAt !== null;
    await untilTrue(hasEnded, deadline - performance.now(), `the gate of ${candidate} has not ended`);
    const run = await readRun(admin, runId);
    const refusal = candidate === "the same adapter" ? null : await refusalOf(admin, adapterId, versionId);
    const gate = { candidate, run, seconds: (performance.now() - startedAt) / 1000, refusal };
    gates.push(gate);
    print(`  ${fullGateText(gate)}`);
  }
  return gates;
}

/** The code with which a cutover to a version is refused; null = it begins. */
const refusalOf = (admin: Client, adapterId: string, toVersionId: string): Promise<string | null> =>
  admin.call("POST /adapters/{adapterId}/cutovers", { params: { adapterId }, body: { toVersionId } }).then(
    () => null,
    (error: unknown) => {
      if (error instanceof ApiError) return error.problem.code;
      throw error;
    },
  );

const MODES = ["greedy", "sampled"] as const;

/** One line of what was seen. */
function fullGateText({ candidate, run, seconds }: FullGate): string {
  const modes = MODES.map((mode) => {
    const report = run.verdict?.modes[mode];
    if (report === undefined) return `${mode} missing`;
    const { outcome, n, baselinePassed, candidatePassed, b, c, confirmed, invalid } = report;
    return (
      `${mode} ${outcome}: ${n} prompts, live right on ${baselinePassed}, candidate on ${candidatePassed}, ` +
      `lost ${b}, gained ${c}, confirmed ${confirmed}, invalid ${invalid}`
    );
  });
  const verdict = run.verdict?.outcome ?? run.state;
  return `${candidate}: ${verdict} in ${seconds.toFixed(0)} s, ${run.samplesDone} answers; ${modes.join("; ")}`;
}

/** What is wrong with the two gates, one line a problem. */
export const judgeFullGates = (gates: readonly FullGate[]): string[] =>
  gates.flatMap(({ candidate, run, refusal }) => {
    const isSame = candidate === "the same adapter";
    const expected = isSame ? "pass" : "fail";
    const { verdict } = run;
    const problems: (string | false)[] = [
      run.state !== "completed" && `the run is ${run.state}: ${run.message}`,
      verdict?.outcome !== expected && `the verdict is ${verdict?.outcome ?? "missing"}, not ${expected}`,
      run.samplesDone < LEAST_SAMPLES && `${run.samplesDone} answers are fewer than ${LEAST_SAMPLES}`,
      ...MODES.map((mode) => {
        const n = verdict?.modes[mode].prompts;
        return n !== FULL_PROMPTS && `${mode} judges ${n} prompts, not ${FULL_PROMPTS}`;
      }),
      verdict?.modes.greedy.baselinePassed !== FULL_PROMPTS &&
        `the live version answers ${verdict?.modes.greedy.baselinePassed} prompts greedily`,
      refusal !== (isSame ? null : "gate_not_passed") && `a cutover was answered with ${refusal}`,
    ];
    return problems.filter((problem) => problem !== false).map((problem) => `${candidate}: ${problem}`);
  });
