import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type * as z from "zod";
import { platformScope } from "#lib/platform/scope.ts";
import type { StartRun } from "../schema.ts";
import { generateSuite } from "../suites/generator/generate-suite.ts";
import { createEvalWorld, type EvalWorld, impatient, problemOf, SEED } from "../testing/eval-world.ts";
import { flipped } from "../testing/gateway-double.ts";
import { type OriginDouble, startOriginDouble } from "../testing/origin-double.ts";
import { holdersOf, settleFleet } from "../testing/settle-fleet.ts";

const KEY = "sk-origin-0123456789-never-shown";

let world: EvalWorld;
let origin: OriginDouble;
beforeAll(async () => {
  world = await createEvalWorld();
  origin = await startOriginDouble(generateSuite({ seed: SEED, count: 200 }), KEY);
});
afterAll(async () => {
  await origin.close();
  await world.close();
});
beforeEach(() => {
  world.gateway.seen.length = 0;
  world.gateway.behave((_seen, right) => right);
  origin.seen.length = 0;
  origin.behave((_seen, right) => right);
});

const start = async (versionId: string, body: z.input<typeof StartRun> = { baseline: "origin" }, key?: string) => {
  const idempotencyKey = key === undefined ? {} : { idempotencyKey: key };
  const run = await world.admin.call("POST /versions/{versionId}/runs", {
    params: { versionId },
    body,
    ...idempotencyKey,
  });
  await settleFleet(world.db);
  return run;
};
const readRun = (runId: string) => world.admin.call("GET /runs/{runId}", { params: { runId } });
const cancel = (runId: string) => world.admin.call("POST /runs/{runId}/cancel", { params: { runId } });
const choices = (versionId: string) =>
  world.admin.call("GET /versions/{versionId}/baselines", { params: { versionId } });
const gateOf = (versionId: string) => world.admin.call("GET /versions/{versionId}/gate", { params: { versionId } });

/** A tenant whose adapter starts at the double, with the key that is given. */
async function addAtOrigin(slug: string, count: number, apiKey = KEY) {
  const ids = await world.addTenant(slug, count);
  const body = { name: `${slug}'s own`, baseUrl: origin.url, tenantId: ids.tenantId, model: "gpt-x", apiKey };
  const endpoint = await world.admin.call("POST /endpoints", { body });
  const params = { adapterId: ids.adapterId };
  const { generation } = (await world.admin.call("GET /adapters/{adapterId}", { params })).route;
  await world.admin.call("PUT /adapters/{adapterId}/origin", { params, body: { endpointId: endpoint.id }, generation });
  return { ...ids, endpoint };
}

describe("a gate against the customer's current deployment", () => {
  it("asks it with its own key and model, passes, and lets nothing of ours or of the key out", async () => {
    const { tenantId, versionId, endpoint } = await addAtOrigin("moves-in", 200);
    expect(await choices(versionId)).toMatchObject({ recommended: "origin", unnamed: "standalone" });
    const queued = await start(versionId, { baseline: "origin" }, "twice");
    expect((await start(versionId, { baseline: "origin" }, "twice")).id).toBe(queued.id);
    const about = { endpointId: endpoint.id, name: "moves-in's own", baseUrl: origin.url, model: "gpt-x" };
    expect(queued).toMatchObject({
      baselineKind: "origin",
      baselineOrigin: about,
      baselineVersionId: null,
      gates: true,
    });
    await world.turn();
    const run = await readRun(queued.id);
    expect(run).toMatchObject({ state: "completed", verdict: { outcome: "pass" }, samplesDone: 3600 });
    expect(run.conditions?.baseline).toMatchObject({
      vllmVersion: "unknown",
      nodeGpu: "unknown",
      origin: { ...about, answeredAs: ["gpt-x-2026-01-01"] },
    });
    expect(run.conditions?.candidate).toMatchObject({ vllmVersion: "0.32.0", nodeGpu: "A100" });
    expect(origin.seen).toHaveLength(2400);
    expect(new Set(origin.seen.map(({ path, authorization, model }) => `${path} ${authorization} ${model}`))).toEqual(
      new Set([`/v1/chat/completions Bearer ${KEY} gpt-x`]),
    );
    expect(origin.seen.flatMap(({ ownHeaders }) => ownHeaders)).toEqual([]);
    expect(world.gateway.seen.every((seen) => seen.versionId === versionId && seen.nodeId === null)).toBe(true);
    expect(await holdersOf(world.db, versionId)).toEqual([]);
    const customer = await world.api.clientWith(["tenant:read"], tenantId);
    const shown = await customer.call("GET /runs/{runId}", { params: { runId: queued.id } });
    expect(shown).toMatchObject({ baselineKind: "origin", conditions: null });
    expect(JSON.stringify([run, shown])).not.toContain(KEY);
  });

  it("stands while the deployment is what it was, also once it is switched off, and expires with its model", async () => {
    const { items } = await world.admin.call("GET /endpoints", { query: {} });
    const endpoint = items.find(({ name }) => name === "moves-in's own");
    const [run] = (await world.admin.call("GET /runs", { query: { tenantId: endpoint?.tenantId ?? "" } })).items;
    const versionId = run?.candidateVersionId ?? "";
    expect(await gateOf(versionId)).toMatchObject({ outcome: "pass", expired: [] });
    await world.db.write(platformScope, ({ client }) =>
      client.route.update({ where: { adapterId: run?.adapterId ?? "" }, data: { originEndedAt: new Date() } }),
    );
    expect(await gateOf(versionId)).toMatchObject({ outcome: "pass", expired: [] });
    expect((await choices(versionId)).choices.find(({ kind }) => kind === "origin")?.refusal?.code).toBe(
      "origin_ended",
    );
    await world.admin.call("PATCH /endpoints/{endpointId}", {
      params: { endpointId: endpoint?.id ?? "" },
      body: { model: "gpt-y" },
      generation: endpoint?.generation ?? 0,
    });
    expect((await gateOf(versionId)).expired).toEqual(["The model of moves-in's own changed: gpt-x → gpt-y."]);
  });

  it("finds what the candidate lost against it", async () => {
    const { versionId } = await addAtOrigin("loses", 20);
    world.gateway.behave((seen, right) => (seen.evalCase.ordinal <= 4 ? flipped(right) : right));
    const { id } = await start(versionId);
    await world.turn();
    expect((await readRun(id)).verdict?.modes).toMatchObject({
      greedy: { outcome: "fail", confirmed: 4, netRegression: 0.2 },
    });
  });
});

describe("a first version with nothing to compare with", () => {
  it("is offered a comparison with itself, which says what it is worth and opens no cutover", async () => {
    const poolId = await world.addPool("alone");
    await world.db.write(platformScope, ({ client }) =>
      client.node.updateMany({ where: { poolId, standalone: true }, data: { cordoned: true } }),
    );
    const { versionId, adapterId } = await world.addTenant("first", 10, poolId);
    const offered = await choices(versionId);
    expect(offered).toMatchObject({ recommended: null, unnamed: null });
    expect(offered.choices.filter(({ refusal }) => refusal === null).map(({ kind }) => kind)).toEqual([
      "itself",
      "base",
    ]);
    const problem = await problemOf(start(versionId, {}));
    expect(problem).toMatchObject({ status: 409, code: "no_baseline" });
    expect(problem.fix).toMatch(/baseline "itself".*override it with a reason/);

    const { id } = await start(versionId, { baseline: "itself" });
    await world.turn();
    const run = await readRun(id);
    expect(run).toMatchObject({ state: "completed", gates: false, verdict: { outcome: "inconclusive" } });
    expect(run.verdict?.modes.greedy).toMatchObject({ n: 10, missing: 0, baselinePassed: 10 });
    expect(run.verdict?.reasons[0]).toMatchObject({ code: "comparison_only" });
    expect(new Set(world.gateway.seen.map((seen) => `${seen.versionId} ${seen.nodeId}`))).toEqual(
      new Set([`${versionId} null`]),
    );
    expect((await gateOf(versionId)).outcome).toBeNull();
    const cutover = world.admin.call("POST /adapters/{adapterId}/cutovers", {
      params: { adapterId },
      body: { toVersionId: versionId },
    });
    expect((await problemOf(cutover)).status).toBe(409);
  });
});

describe("a deployment that fails", () => {
  it.each<
    [string, (count: number) => { status: number; headers: Record<string, string>; body: string } | null, string]
  >([
    ["that goes away half-way", (count) => (count > 40 ? reply(503) : null), "fails (status 503)"],
    ["that knows the model no more", (count) => (count > 30 ? reply(404) : null), "does not know the model gpt-x"],
    ["that sends us elsewhere", () => reply(302, { location: "http://elsewhere.test" }), "follows no redirect"],
  ])("%s makes the run inconclusive, with the reason", async (name, behave, words) => {
    const { versionId } = await addAtOrigin(`fails-${name.replaceAll(/[^a-z]/g, "").slice(0, 30)}`, 20);
    origin.behave((_seen, right, count) => behave(count) ?? right);
    const { id } = await start(versionId);
    await world.turn();
    const run = await readRun(id);
    expect(run).toMatchObject({ state: "completed", verdict: { outcome: "inconclusive" } });
    expect(run.message).toContain(words);
    expect(run.message).toContain("Settings, Endpoints");
    expect(run.verdict?.reasons.map(({ code }) => code)).toContain("samples_missing");
    expect(world.gateway.seen).toEqual([]);
  });

  it("that refuses the key is asked each prompt once, and the key is shown nowhere", async () => {
    const { versionId } = await addAtOrigin("wrong-key", 20, "sk-stale-key-that-nobody-shows");
    const { id } = await start(versionId);
    await world.turn();
    const run = await readRun(id);
    expect(run.message).toContain("wrong-key's own refuses the key (status 401). Look at");
    expect(run.verdict?.outcome).toBe("inconclusive");
    expect(origin.seen.length).toBeLessThanOrEqual(32);
    const { items } = await world.admin.call("GET /runs/{runId}/samples", { params: { runId: id }, query: {} });
    expect(JSON.stringify([run, items])).not.toContain("sk-stale-key");
    expect(items[0]?.modes.greedy.baseline.sample).toMatchObject({ status: "invalid", attempts: 1 });
  });

  it("that repeats the key in its answer has it struck out", async () => {
    const { versionId } = await addAtOrigin("tells", 10);
    origin.behave((_seen, right) => ({ ...right, body: right.body.replace('"chatcmpl-1"', `"${KEY}"`) }));
    const { id } = await start(versionId);
    await world.turn();
    const { items } = await world.admin.call("GET /runs/{runId}/samples", {
      params: { runId: id },
      query: { limit: 1 },
    });
    const params = { runId: id, caseId: items[0]?.caseId ?? "" };
    const detail = await world.admin.call("GET /runs/{runId}/samples/{caseId}", { params });
    expect(detail.modes.greedy.baseline[0]?.rawReply).toContain('"[key]"');
    expect(JSON.stringify(detail)).not.toContain(KEY);
  });

  it("that answers without tool calls cannot carry a verdict, and the run says why", async () => {
    const { versionId } = await addAtOrigin("no-tools", 20);
    origin.behave((_seen, right) => ({
      ...right,
      body: JSON.stringify({ model: "gpt-x", choices: [{ finish_reason: "stop", message: { content: "Sure." } }] }),
    }));
    const { id } = await start(versionId);
    await world.turn();
    const { verdict } = await readRun(id);
    expect(verdict?.outcome).toBe("inconclusive");
    const codes = verdict?.reasons.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(["baseline_without_tools", "baseline_too_weak"]));
  });

  it("that answers as two models is no one baseline", async () => {
    const { versionId } = await addAtOrigin("two-models", 20);
    origin.behave((_seen, right, count) => ({ ...right, body: right.body.replace("gpt-x", count % 2 ? "a" : "b") }));
    const { id } = await start(versionId);
    await world.turn();
    expect((await readRun(id)).verdict?.reasons[0]).toMatchObject({ code: "baseline_mixed", mode: null });
  });

  it("that is busy for a while is waited for as it orders, at most eight at a time", async () => {
    const { versionId } = await addAtOrigin("busy", 10);
    let [inFlight, most] = [0, 0];
    origin.behave(async (_seen, right, count) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((done) => setImmediate(done));
      inFlight -= 1;
      return count % 9 === 0 ? reply(429, { "retry-after": "0" }) : right;
    });
    const { id } = await start(versionId);
    await world.turn({ tuning: { ...impatient, timeouts: { ...impatient.timeouts, waitMs: 30_000 } } });
    expect((await readRun(id)).verdict?.modes.greedy).toMatchObject({ n: 10, invalid: 0, missing: 0 });
    expect(most).toBeLessThanOrEqual(8);
  });

  it("is not asked again what it answered, when a worker dies", async () => {
    const { versionId } = await addAtOrigin("dies", 20);
    const { id } = await start(versionId);
    const dying = new AbortController();
    const reached = new Promise<void>((resolve) =>
      origin.behave((_seen, right, count) => {
        if (count <= 50) return right;
        resolve();
        return new Promise(() => {});
      }),
    );
    const died = world.turn({ signal: dying.signal }).catch((error: unknown) => error);
    await reached;
    dying.abort(new Error("killed"));
    await died;
    const { samplesDone } = await readRun(id);
    expect(samplesDone).toBeGreaterThan(20);
    origin.seen.length = 0;
    origin.behave((_seen, right) => right);
    await world.turn();
    expect(origin.seen).toHaveLength(240 - samplesDone);
    expect(await readRun(id)).toMatchObject({ state: "completed", samplesDone: 360 });
  });

  it("that was changed since the run started ends it, asking nothing", async () => {
    const { versionId, endpoint } = await addAtOrigin("changes", 10);
    const { id } = await start(versionId);
    await world.admin.call("PATCH /endpoints/{endpointId}", {
      params: { endpointId: endpoint.id },
      body: { model: "gpt-z" },
      generation: endpoint.generation,
    });
    await world.turn();
    expect(await readRun(id)).toMatchObject({
      state: "failed",
      message: "changes's own has another address or model than when the run started. Start a new run.",
    });
    expect(origin.seen).toEqual([]);
    const { items } = await world.admin.call("GET /annotations", { query: { poolId: world.poolId } });
    const marks = items.filter(({ kind, ref }) => kind === "gate" && ref?.id === id);
    expect(marks.map(({ title }) => title.replace(/^.*: /, "")).sort()).toEqual(["gate started", "gate stopped"]);
  });
});

describe("other baselines", () => {
  it("the base model is compared with, never gates, and leaves the gate of before as it is", async () => {
    const { versionId } = await world.addTenant("base", 20);
    const gate = await start(versionId, {});
    await world.turn();
    const before = await gateOf(versionId);
    expect(before.runId).toBe(gate.id);
    world.gateway.seen.length = 0;
    const compared = await start(versionId, { baseline: "base" });
    expect(compared).toMatchObject({ baselineKind: "base", gates: false, attempt: 2 });
    await world.turn();
    const run = await readRun(compared.id);
    expect(run.verdict).toMatchObject({
      outcome: "inconclusive",
      modes: { greedy: { n: 20, confirmed: 0 } },
    });
    expect(run.verdict?.reasons[0]).toMatchObject({ code: "comparison_only", mode: null });
    const baseSeen = world.gateway.seen.filter((seen) => seen.versionId === "");
    expect(baseSeen).toHaveLength(240);
    expect(new Set(baseSeen.map(({ model, kind }) => `${kind} ${model}`)).size).toBe(1);
    expect(await gateOf(versionId)).toEqual(before);
    const again = await start(versionId, {});
    expect(again.attempt).toBe(2);
    await cancel(again.id);
  });

  it("the version alone gates a first cutover, and only compares while another version is live", async () => {
    const { adapterId, versionId } = await world.addTenant("alone", 20);
    const first = await start(versionId, { baseline: "standalone" });
    expect(first).toMatchObject({ baselineKind: "standalone", gates: true });
    await world.turn();
    await world.db.write(platformScope, ({ client }) =>
      client.route.update({ where: { adapterId }, data: { liveVersionId: versionId } }),
    );
    const secondId = await world.addVersion(adapterId);
    expect(await choices(secondId)).toMatchObject({ recommended: "live", unnamed: "live" });
    const noise = await start(secondId, { baseline: "standalone" });
    expect(noise).toMatchObject({ baselineKind: "standalone", gates: false, baselineVersionId: null });
    await world.turn();
    expect((await readRun(noise.id)).verdict).toMatchObject({
      outcome: "inconclusive",
      reasons: expect.arrayContaining([
        { code: "comparison_only", mode: null, message: expect.stringContaining("noise of the kernels") },
      ]),
    });
    expect(await gateOf(secondId)).toMatchObject({ runId: null, outcome: null });
  });

  it.each(["live", "origin"] as const)("%s is refused with reason and fix where there is none", async (baseline) => {
    const { versionId } = await world.addTenant(`without-${baseline}`, 10);
    const problem = await problemOf(start(versionId, { baseline }));
    const refusal = (await choices(versionId)).choices.find(({ kind }) => kind === baseline)?.refusal;
    expect(problem).toMatchObject({ status: 409, code: refusal?.code, fix: refusal?.fix });
    expect(problem.errors).toMatchObject([{ field: "baseline" }]);
    expect((await world.admin.call("GET /runs", { query: { versionId } })).items).toEqual([]);
  });

  it("never asks an endpoint that may answer for another tenant only", async () => {
    const { adapterId, versionId } = await world.addTenant("borrows", 10);
    const { endpoint } = await addAtOrigin("owns", 10);
    await world.db.write(platformScope, ({ client }) =>
      client.route.update({ where: { adapterId }, data: { originEndpointId: endpoint.id } }),
    );
    expect(await problemOf(start(versionId))).toMatchObject({ status: 409, code: "origin_of_another_tenant" });
    expect(origin.seen).toEqual([]);
  });

  it("are staff's to read and start; a bad one is named", async () => {
    const { tenantId, versionId } = await world.addTenant("reads", 10);
    const customer = await world.api.clientWith(["tenant:admin"], tenantId);
    const params = { versionId };
    expect(await problemOf(customer.call("GET /versions/{versionId}/baselines", { params }))).toMatchObject({
      status: 403,
    });
    const viewer = await world.api.clientWith(["platform:read"], null);
    expect((await viewer.call("GET /versions/{versionId}/baselines", { params })).versionId).toBe(versionId);
    const starting = viewer.call("POST /versions/{versionId}/runs", { params, body: { baseline: "standalone" } });
    expect(await problemOf(starting)).toMatchObject({ status: 403 });
    const bad = await problemOf(start(versionId, { baseline: "best" as "base" }));
    expect(bad).toMatchObject({ status: 422, errors: [{ field: "baseline" }] });
  });
});

const reply = (status: number, headers: Record<string, string> = {}) => ({ status, headers, body: "{}" });
