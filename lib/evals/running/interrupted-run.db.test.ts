import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listKeys } from "#lib/identity/store.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createEvalWorld, type EvalWorld, impatient } from "../testing/eval-world.ts";
import { holdersOf } from "../testing/settle-fleet.ts";

let world: EvalWorld;
beforeAll(async () => {
  world = await createEvalWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.gateway.seen.length = 0;
  world.gateway.behave((_seen, right) => right);
});

const startRun = (promptCount = 20) => world.startRun(promptCount);
const readRun = (runId: string) => world.admin.call("GET /runs/{runId}", { params: { runId } });
const cancel = (runId: string) => world.admin.call("POST /runs/{runId}/cancel", { params: { runId } });

/** What the charts show of a run, the first first. */
const marksOf = async (runId: string) => {
  const { items } = await world.admin.call("GET /annotations", { query: { poolId: world.poolId } });
  const own = items.filter(({ kind, ref }) => kind === "gate" && ref?.id === runId);
  return own.sort((a, b) => a.at.localeCompare(b.at)).map(({ title }) => title.replace(/^.*: /, ""));
};

/** Answers `count` requests, then leaves the rest unanswered and resolves. */
const answerOnly = (count: number): Promise<void> =>
  new Promise((reached) => {
    world.gateway.behave((_seen, right, at) => {
      if (at <= count) return right;
      reached();
      return new Promise(() => {});
    });
  });

describe("a worker that dies in the middle", () => {
  it("loses nothing: the next one asks only what is missing, with a key of its own", async () => {
    const { runId } = await startRun();
    const dying = new AbortController();
    const halfway = answerOnly(50);
    const died = world.turn({ signal: dying.signal }).catch((error: unknown) => error);
    await halfway;
    dying.abort(new Error("killed"));
    expect(await died).toMatchObject({ message: "killed" });
    const half = await readRun(runId);
    expect(half).toMatchObject({ state: "running", samplesTotal: 360, verdict: null });
    expect(half.samplesDone).toBeGreaterThan(20);

    world.gateway.seen.length = 0;
    world.gateway.behave((_seen, right) => right);
    await world.turn();
    expect(world.gateway.seen).toHaveLength(360 - half.samplesDone);
    const run = await readRun(runId);
    expect(run).toMatchObject({ state: "completed", samplesDone: 360, startedAt: half.startedAt });
    expect(run.verdict?.modes.sampled).toMatchObject({ n: 20, missing: 0, invalid: 0 });
    const keys = await world.db.read(platformScope, (tx) => listKeys(tx, { tenantId: null, limit: 200 }));
    const workers = keys.items.filter(({ name }) => name === "Evaluation worker");
    expect(workers.length).toBeGreaterThan(1);
    expect(workers.filter(({ revokedAt }) => revokedAt === null)).toHaveLength(1);
  });

  it("writes nothing once another has taken over", async () => {
    const { runId } = await startRun();
    const takeOver = () =>
      world.db.write(platformScope, ({ client }) =>
        client.lease.update({ where: { name: "evals" }, data: { term: { increment: 1 }, expiresAt: new Date(0) } }),
      );
    let taken: Promise<unknown> | null = null;
    world.gateway.behave(async (_seen, right, at) => {
      if (at < 30) return right;
      taken ??= takeOver();
      await taken;
      return right;
    });
    await expect(world.turn()).rejects.toMatchObject({ reason: "lease_lost" });
    const { state, samplesDone } = await readRun(runId);
    expect(state).toBe("running");
    expect(samplesDone).toBeLessThanOrEqual(32);
    world.gateway.behave((_seen, right) => right);
    await world.turn();
    expect((await readRun(runId)).state).toBe("completed");
  });
});

describe("cancelling", () => {
  it("stops a run whose every request hangs, keeps its answers and gives its nodes back", async () => {
    const { runId, versionId } = await startRun();
    const halfway = answerOnly(40);
    const turn = world.turn();
    await halfway;
    expect(await cancel(runId)).toMatchObject({ state: "cancelled", verdict: null });
    await turn;
    const run = await readRun(runId);
    expect(run).toMatchObject({ state: "cancelled", message: "Cancelled by key ADMIN_API_KEY.", verdict: null });
    expect(run.samplesDone).toBeLessThanOrEqual(40);
    expect(await holdersOf(world.db, versionId)).toEqual([]);
    expect(await marksOf(runId)).toEqual(["gate started", "gate cancelled"]);
    const again = await world.admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
    expect(again.attempt).toBe(2);
    await cancel(again.id);
  });
});

describe("a gateway in trouble", () => {
  it("that is down makes the run inconclusive at once, never a pass", async () => {
    const { runId } = await startRun();
    await world.turn({ deps: { gatewayUrl: "http://127.0.0.1:1" } });
    const run = await readRun(runId);
    expect(run).toMatchObject({ state: "completed", verdict: { outcome: "inconclusive" } });
    expect(run.message).toContain("No answer from 127.0.0.1:1");
    expect(run.samplesDone).toBeLessThan(80);
    expect(run.verdict?.reasons.map(({ code }) => code)).toEqual(
      expect.arrayContaining(["samples_missing", "samples_invalid"]),
    );
  });

  it.each([
    ["another version", { "x-switchyard-version-id": "ver_other" }],
    ["the base model", { "x-switchyard-via": "base_model" }],
    ["an unnamed version", { "x-switchyard-version-id": "" }],
  ])("that lets %s answer gets no sample counted", async (_, headers) => {
    const { runId } = await startRun();
    world.gateway.behave((_seen, right) => ({ ...right, headers: { ...right.headers, ...headers } }));
    await world.turn();
    const run = await readRun(runId);
    expect(run.verdict).toMatchObject({ outcome: "inconclusive", modes: { greedy: { n: 0 } } });
    const { items } = await world.admin.call("GET /runs/{runId}/samples", {
      params: { runId },
      query: { filter: "invalid" },
    });
    expect(items[0]?.modes.greedy.baseline.sample).toMatchObject({ status: "invalid", kind: "transport", attempts: 3 });
  });

  it("that lets the standalone node answer for customers' nodes gets no sample counted", async () => {
    const { runId } = await startRun();
    world.gateway.behave((_seen, right) => ({
      ...right,
      headers: { ...right.headers, "x-switchyard-served-by": "node-s" },
    }));
    await world.turn();
    expect((await readRun(runId)).verdict?.modes.greedy).toMatchObject({ n: 0, baselinePassed: 0 });
  });

  it("that refuses every prompt ends the run early, which says the whole reason", async () => {
    const { runId } = await startRun();
    const message = `This model's maximum context length is 4096 tokens. ${"However, you requested more. ".repeat(20)}Please reduce the length.`;
    const body = JSON.stringify({ error: { message, type: "BadRequestError", param: "input_tokens", code: 400 } });
    world.gateway.behave((_seen, right) => ({ ...right, status: 400, body }));
    await world.turn();
    expect((await readRun(runId)).message).toBe(
      `Stopped early: too many prompts in a row brought no answer. The last one: status 400: ${message.slice(0, -1)}. Look at the gateway and the nodes, then start a new run.`,
    );
  });

  it("that is busy for a while is waited for, and costs nothing", async () => {
    const { runId } = await startRun(10);
    const busy = { status: 503, headers: { "retry-after": "0" }, body: '{"error":{"message":"no node"}}' };
    const tries = new Map<string, number>();
    world.gateway.behave((seen, right) => {
      const name = `${seen.nodeId}/${seen.seed}/${seen.evalCase.id}`;
      tries.set(name, (tries.get(name) ?? 0) + 1);
      return (tries.get(name) ?? 0) <= 5 ? busy : right;
    });
    await world.turn({ tuning: { ...impatient, timeouts: { ...impatient.timeouts, waitMs: 30_000 } } });
    const run = await readRun(runId);
    expect(run.verdict?.modes.greedy).toMatchObject({ n: 10, invalid: 0, missing: 0, b: 0 });
  });
});
