import { ApiError, type Client } from "#lib/api/client.ts";
import { untilTrue } from "../gateway/client-check.ts";
import { addTrainedVersion, type ProductCustomer } from "../gateway/open-product.ts";
import { TRAINED_PROMPTS } from "./trained-prompts.ts";

/** Hundreds of answers, some of them a thousand tokens of nonsense, on two slow cores. */
const ENDS_WITHIN_MS = 1_800_000;
const SIDES = ["baseline", "candidate", "baselineRepeat"] as const;
const MODES = ["greedy", "sampled"] as const;

type Answer = Awaited<ReturnType<typeof readAnswers>>[number];

/** What the gate of two real adapters left behind, and the same after it was judged again from its stored replies. */
export type GateReport = {
  run: Awaited<ReturnType<typeof readRun>>;
  answers: readonly Answer[];
  runAgain: Awaited<ReturnType<typeof readRun>>;
  answersAgain: readonly Answer[];
  /** With what a cutover behind this gate was refused; null = it was not. */
  refusal: string | null;
};

/**
 * Adds the other trained adapter as the next version of a customer who is live with `support-bot`, evaluates it on what that one was
 * trained to answer, greedy and sampled, and scores the stored replies once more.
 * @throws Error when the run does not end in time
 */
export async function runGate(admin: Client, { tenantId, adapterId }: ProductCustomer): Promise<GateReport> {
  await admin.call("POST /tenants/{tenantId}/suites/import", {
    params: { tenantId },
    body: { name: "Trained", format: "openai", text: TRAINED_PROMPTS },
  });
  const { id: versionId } = await addTrainedVersion(admin, adapterId, "billing-helper");
  const { id: runId } = await admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
  const hasEnded = async () => (await readRun(admin, runId)).finishedAt !== null;
  await untilTrue(hasEnded, ENDS_WITHIN_MS, "the gate has not ended");
  const [run, answers] = [await readRun(admin, runId), await readAnswers(admin, runId)];
  await admin.call("POST /runs/{runId}/rejudge", { params: { runId } });
  const [runAgain, answersAgain] = [await readRun(admin, runId), await readAnswers(admin, runId)];
  const body = { toVersionId: versionId };
  const refusal = await admin.call("POST /adapters/{adapterId}/cutovers", { params: { adapterId }, body }).then(
    () => null,
    (error: unknown) => {
      if (error instanceof ApiError) return error.problem.code;
      throw error;
    },
  );
  return { run, answers, runAgain, answersAgain, refusal };
}

export const readRun = (admin: Client, runId: string) => admin.call("GET /runs/{runId}", { params: { runId } });

/** Every answer with its raw reply, prompt by prompt, mode by mode, side by side, take by take. */
async function readAnswers(admin: Client, runId: string) {
  const { items } = await admin.call("GET /runs/{runId}/samples", { params: { runId }, query: { limit: 200 } });
  const cases = await Promise.all(
    items.map(({ caseId }) => admin.call("GET /runs/{runId}/samples/{caseId}", { params: { runId, caseId } })),
  );
  return cases.flatMap(({ ordinal, modes }) =>
    MODES.flatMap((mode) =>
      SIDES.flatMap((side) => modes[mode][side].map((sample) => ({ ordinal, mode, side, ...sample }))),
    ),
  );
}
