import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { actorOfKey } from "#lib/identity/manage-keys.ts";
import { pointRoute } from "#lib/metrics/testing/seed-catalog.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createEvalWorld, type EvalWorld } from "../testing/eval-world.ts";
import { flipped } from "../testing/gateway-double.ts";
import { holdersOf, settleFleet } from "../testing/settle-fleet.ts";

let world: EvalWorld;
beforeAll(async () => {
  world = await createEvalWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.gateway.seen.length = 0;
  world.gateway.behave((_seen, right) => right);
});

const startRun = async (versionId: string) => {
  const run = await world.admin.call("POST /versions/{versionId}/runs", { params: { versionId }, body: {} });
  await settleFleet(world.db);
  return run;
};
const readRun = (runId: string) => world.admin.call("GET /runs/{runId}", { params: { runId } });
const samplesOf = (runId: string, filter: "all" | "regressed" = "all") =>
  world.admin.call("GET /runs/{runId}/samples", { params: { runId }, query: { filter, limit: 200 } });

describe("an evaluation without a live version", () => {
  it("asks the version alone on the standalone node, judges, and gives everything back", async () => {
    const { gateway } = world;
    const { tenantId, versionId } = await world.addTenant("first", 200);
    const queued = await startRun(versionId);
    expect(queued).toMatchObject({ state: "queued", baselineKind: "standalone", attempt: 1, samplesTotal: 3600 });
    expect(await holdersOf(world.db, versionId)).toEqual([`run:${queued.id}`]);
    await world.turn();

    const run = await readRun(queued.id);
    expect(run).toMatchObject({ state: "completed", message: null, samplesDone: 3600, verdict: { outcome: "pass" } });
    expect(run.verdict?.modes.greedy).toMatchObject({ n: 200, b: 0, claim: "at most 1.49 % with 95 % confidence" });
    expect(run.conditions?.baseline).toEqual(run.conditions?.candidate);
    expect(run.conditions?.candidate).toMatchObject({ nodeGpu: "A100", vllmVersion: "0.32.0", concurrency: 32 });
    expect(await holdersOf(world.db, versionId)).toEqual([]);
    const gate = () => world.admin.call("GET /versions/{versionId}/gate", { params: { versionId } });
    expect(await gate()).toMatchObject({ outcome: "pass", runId: run.id, expired: [] });
    // whoever reads a chart or what changed sees when the nodes were asked so much
    const { items: marks } = await world.admin.call("GET /annotations", { query: { poolId: world.poolId } });
    const { items: changes } = await world.admin.call("GET /changes", { query: { group: "release" } });
    for (const word of ["started", "passed"]) {
      const title = expect.stringMatching(new RegExp(`^\\S+ of first v1: gate ${word}$`));
      expect(marks).toContainEqual(expect.objectContaining({ kind: "gate", title, ref: { type: "run", id: run.id } }));
      expect(changes).toContainEqual(expect.objectContaining({ title }));
    }

    // also whoever looks at another customer of the pool, on its charts only; that customer sees none of it
    const neighbour = await world.addTenant("neighbour", 10);
    const query = { tenantId: neighbour.tenantId };
    const ofNeighbour = (await world.admin.call("GET /annotations", { query })).items;
    expect(ofNeighbour).toContainEqual(expect.objectContaining({ kind: "gate", ref: { type: "run", id: run.id } }));
    expect((await world.admin.call("GET /events/recent", { query })).items).toEqual([]);
    const customer = await world.api.clientWith(["tenant:read"], neighbour.tenantId);
    expect((await customer.call("GET /annotations", { query: {} })).items).toEqual([]);

    expect(gateway.seen).toHaveLength(3600);
    expect(new Set(gateway.seen.map((seen) => `${seen.tenantId} ${seen.kind} ${seen.versionId}`))).toEqual(
      new Set([`${tenantId} eval ${versionId}`]),
    );
    const pinned = gateway.seen.map((seen) => seen.nodeId);
    expect(pinned.slice(0, 1_200).every((id) => id === world.standalone.id)).toBe(true);
    expect(pinned.slice(1_200, 2_400).every((id) => id === null)).toBe(true);
    expect(pinned.slice(2_400).every((id) => id === world.standalone.id)).toBe(true);
    const key = gateway.seen[0]?.authorization.replace("Bearer ", "") ?? "";
    expect(await actorOfKey(world.api.deps, key)).toMatchObject({ tenantId: null, scopes: ["gateway:trusted"] });
    const seeds = (temperature: number) =>
      gateway.seen.filter((seen) => seen.temperature === temperature).map((seen) => seen.seed);
    expect(new Set(seeds(0))).toEqual(new Set([null]));
    expect(new Set(seeds(0.7)).size).toBe(1_000);
    expect(gateway.seen.some((seen) => seen.evalCase.category === "long_context")).toBe(true);

    // what the pass was found under is no longer so
    await world.db.write(platformScope, ({ client }) =>
      client.node.updateMany({ where: { name: "node-1" }, data: { engineVersion: "0.33.0" } }),
    );
    expect(await gate()).toMatchObject({ outcome: "pass", expired: ["The engine version changed: 0.32.0 → 0.33.0."] });
    await world.db.write(platformScope, ({ client }) =>
      client.node.updateMany({ where: { name: "node-1" }, data: { engineVersion: "0.32.0" } }),
    );
  });
});

describe("an evaluation against the live version", () => {
  it("fails on two lost prompts, shows them, and rests on the stored replies alone", async () => {
    const { tenantId, adapterId, versionId: live } = await world.addTenant("second", 200);
    const candidate = await world.addVersion(adapterId);
    await pointRoute(world.db, adapterId, { liveVersionId: live });
    const { id: runId } = await startRun(candidate);
    expect(await holdersOf(world.db, live)).toEqual([`run:${runId}`]);
    world.gateway.behave((seen, right) =>
      seen.versionId === candidate && seen.evalCase.ordinal <= 2 ? flipped(right) : right,
    );
    await world.turn();

    const run = await readRun(runId);
    expect(run).toMatchObject({ baselineKind: "live", baselineVersionId: live, baselineNumber: 1, candidateNumber: 2 });
    expect(run.verdict).toMatchObject({
      outcome: "fail",
      modes: { greedy: { b: 2, c: 0, netRegression: 0.01, confirmed: 2, askedAgain: 2 } },
    });
    expect(run.verdict?.reasons.map(({ code }) => code)).toEqual(["above_limit", "above_limit"]);
    const grid = await samplesOf(runId, "regressed");
    // each asked again in both modes: 5 times on both sides
    expect(run).toMatchObject({ samplesTotal: 3640, samplesDone: 3640 });
    expect(grid.counts).toEqual({ all: 200, regressed: 2, improved: 0, flaky: 0, both_fail: 0, invalid: 0 });
    expect(grid.items.map(({ ordinal }) => ordinal)).toEqual([1, 2]);
    const [first] = grid.items;
    expect(first?.modes.greedy).toMatchObject({
      regressed: true,
      confirmed: true,
      baseline: { statuses: Array(6).fill("pass"), sample: { status: "pass", nodeName: "node-1" } },
      candidate: { statuses: Array(6).fill("wrong"), sample: { status: "wrong", kind: "wrong_name", take: 1 } },
    });
    expect(first?.prompt.length).toBeGreaterThan(5);
    const whole = (query: object) =>
      world.admin.call("GET /runs/{runId}/samples", { params: { runId }, query: { limit: 200, ...query } });
    const sorted = await whole({ sort: "regression" });
    expect(sorted.items.slice(0, 3).map(({ ordinal }) => ordinal)).toEqual([1, 2, 3]);
    const category = first?.category ?? "";
    const ofCategory = await whole({ sort: "regression", category, limit: 1 });
    expect(ofCategory.counts.all).toBe(sorted.categories.find((one) => one.category === category)?.count);
    const next = await whole({ sort: "regression", category, cursor: ofCategory.nextCursor ?? "" });
    expect(next.items.map(({ caseId }) => caseId)).not.toContain(ofCategory.items[0]?.caseId);
    expect(1 + next.items.length).toBe(ofCategory.counts.all);

    // put one lost answer right in its raw reply: exactly one is left, which proves nothing either way
    await world.db.write(platformScope, async ({ client }) => {
      const where = { runId, side: "candidate" as const, ordinal: 1 };
      for (const { id, rawReply } of await client.evalSample.findMany({ where }))
        await client.evalSample.update({
          where: { id },
          data: { rawReply: String(rawReply).replace('"name":"x', '"name":"') },
        });
    });
    const rejudged = await world.admin.call("POST /runs/{runId}/rejudge", { params: { runId } });
    expect(rejudged.verdict).toMatchObject({
      id: run.verdict?.id,
      outcome: "inconclusive",
      modes: { greedy: { b: 1 } },
    });
    expect((await samplesOf(runId)).items[0]?.modes.greedy.candidate.sample).toMatchObject({
      status: "pass",
      kind: "match",
    });

    const detail = await world.admin.call("GET /runs/{runId}/samples/{caseId}", {
      params: { runId, caseId: grid.items[1]?.caseId ?? "" },
    });
    expect(detail.case.expected.reason.length).toBeGreaterThan(3);
    expect(detail.modes.sampled.candidate[0]?.rawReply).toContain('"name":"x');
    expect(detail.modes.sampled.compared).toMatchObject({ baselineTake: 1, candidateTake: 1 });
    expect(detail.modes.sampled.compared.calls.some((one) => one.candidateDiffers && !one.baselineDiffers)).toBe(true);
    const customer = await world.api.clientWith(["tenant:read"], tenantId);
    const seen = await customer.call("GET /runs/{runId}/samples", { params: { runId }, query: { limit: 1 } });
    expect(seen.items[0]?.modes.greedy.candidate.sample?.nodeName).toBeNull();
    expect(await customer.call("GET /runs/{runId}", { params: { runId } })).toMatchObject({ conditions: null });
  });

  it("gives the same replies the same verdict, and counts the attempts", async () => {
    const [run] = (await world.admin.call("GET /runs", { query: { limit: 1 } })).items;
    const again = await startRun(run?.candidateVersionId ?? "");
    expect(again.attempt).toBe(2);
    world.gateway.behave((seen, right) =>
      seen.versionId === run?.candidateVersionId && seen.evalCase.ordinal === 2 ? flipped(right) : right,
    );
    await world.turn();
    const { verdict } = await readRun(again.id);
    // the first run had two prompts asked again, before one was put right
    const oneAskedAgain = (mode: "greedy" | "sampled") => ({ ...run?.verdict?.modes[mode], askedAgain: 1 });
    expect(verdict).toMatchObject({
      outcome: "inconclusive",
      modes: { greedy: oneAskedAgain("greedy"), sampled: oneAskedAgain("sampled") },
      reasons: run?.verdict?.reasons,
    });
  });
});

describe("replies that Postgres or a scorer could stumble over", () => {
  it("are kept as text and count as what they are", async () => {
    const { versionId } = await world.addTenant("third", 10);
    const { id: runId } = await startRun(versionId);
    world.gateway.behave((seen, right) => {
      const isCandidate = seen.nodeId === null;
      if (!isCandidate || seen.evalCase.ordinal > 3) return right;
      const bodies = [
        right.body.replace('"content":null', '"content":"\\u0000 \\ud800"').replace('"name":"', '"name":"\\u0000'),
        "<html>\0</html>",
        right.body.replace(/"finish_reason":"[a-z_]+"/, '"finish_reason":"length"'),
      ];
      return { ...right, body: bodies[seen.evalCase.ordinal - 1] ?? "" };
    });
    await world.turn();
    const { items } = await samplesOf(runId);
    const kinds = items.slice(0, 4).map(({ modes }) => modes.greedy.candidate.sample);
    expect(kinds.map((sample) => [sample?.status, sample?.kind, sample?.attempts])).toEqual([
      ["wrong", "wrong_name", 1],
      ["invalid", "transport", 3],
      ["invalid", "truncated", 3],
      ["pass", "match", 1],
    ]);
    const run = await readRun(runId);
    expect(run.verdict?.outcome).toBe("inconclusive");
    expect(run.verdict?.reasons.map(({ code }) => code)).toContain("too_few_prompts");
  });
});
