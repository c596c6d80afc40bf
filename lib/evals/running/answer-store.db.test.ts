import { afterAll, beforeAll, expect, it } from "vitest";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { EVAL_LOOP } from "../loop.ts";
import { readSamples } from "../store.ts";
import type { NewSample } from "../stored-sample.ts";
import { createEvalWorld, type EvalWorld } from "../testing/eval-world.ts";
import { saveAnswers } from "./answer-store.ts";

let world: EvalWorld;
let fence: { name: string; term: bigint };
beforeAll(async () => {
  world = await createEvalWorld();
  const term = await createLease(world.db, { name: EVAL_LOOP, holder: "test", ttlMs: 60_000 }).acquire();
  if (term === null) throw new Error("the lease is taken");
  fence = { name: EVAL_LOOP, term };
});
afterAll(() => world.close());

const answer = (ordinal: number, more: Partial<NewSample> = {}): NewSample => ({
  ordinal,
  side: "candidate",
  mode: "sampled",
  take: 2,
  caseId: `cas_${ordinal}`,
  seed: 7,
  status: "wrong",
  kind: "wrong_arguments",
  detail: { message: "different arguments: $.café", differences: [{ path: "$.café", expected: null, actual: '"\\"' }] },
  finishReason: "tool_calls",
  rawReply: '{"text":"\\u0000 \\ud83d\\ude00 \u{1f600} é"}',
  nodeName: "node-1",
  latencyMs: 80,
  attempts: 2,
  ...more,
});
const undelivered = answer(2, { seed: null, rawReply: null, finishReason: null, nodeName: null, latencyMs: null });

async function startRunning(): Promise<string> {
  const { runId } = await world.startRun(10);
  await world.db.write(platformScope, ({ client }) =>
    client.evalRun.update({ where: { id: runId }, data: { state: "running" } }),
  );
  return runId;
}

async function keptOf(runId: string) {
  const rows = await world.db.read(platformScope, (tx) => readSamples(tx, runId));
  const run = await world.admin.call("GET /runs/{runId}", { params: { runId } });
  const samples = rows.map(({ id: _, ...sample }) => sample).sort((a, b) => a.ordinal - b.ordinal);
  return { samples, samplesDone: run.samplesDone };
}

it("keeps answers as they are, and of one that comes twice the first", async () => {
  const runId = await startRunning();
  expect(await saveAnswers(world.db, fence, runId, [answer(1), undelivered])).toBe(true);
  expect(await saveAnswers(world.db, fence, runId, [answer(1, { status: "pass" }), answer(3)])).toBe(true);
  expect(await keptOf(runId)).toEqual({ samples: [answer(1), undelivered, answer(3)], samplesDone: 3 });
});

it("keeps nothing of a run that has ended, and nothing from a worker that another has followed", async () => {
  const runId = await startRunning();
  const older = { ...fence, term: fence.term - 1n };
  await expect(saveAnswers(world.db, older, runId, [answer(1)])).rejects.toMatchObject({ reason: "lease_lost" });
  await world.admin.call("POST /runs/{runId}/cancel", { params: { runId } });
  expect(await saveAnswers(world.db, fence, runId, [answer(1)])).toBe(false);
  expect(await keptOf(runId)).toEqual({ samples: [], samplesDone: 0 });
});
