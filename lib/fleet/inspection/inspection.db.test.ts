import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "#lib/api/client.ts";
import { addPool, startNode } from "#lib/api/testing/fleet.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { addPool as addTinyPool } from "#lib/registry/testing/register.ts";
import type { OnboardingFinding } from "../schema.ts";

/** Looking at simulated nodes through the API, before and after they are added, and taking over what runs on them. */
const ADAPTERS = fileURLToPath(new URL("../../../e2e/fixtures/adapters", import.meta.url));
const KEY = "node-secret-of-this-test";

let api: TestApi;
let poolId: string;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  api = await createTestApi();
  poolId = (await addPool(api.admin, api.deps.adapterStore)).id;
});
afterAll(async () => {
  for (const close of closing) await close();
  await api.close();
});

const node = async (...args: Parameters<typeof startNode>) => {
  const started = await startNode(...args);
  closing.push(() => started.stop());
  return started;
};
const inspect = (baseUrl: string, more: { apiKey?: string; poolId?: string } = { poolId }) =>
  api.admin.call("POST /nodes/inspect", { body: { baseUrl, ...more } });
const add = (name: string, baseUrl: string, more: object = {}) =>
  api.admin.call("POST /nodes", { body: { poolId, name, baseUrl, ...more } });
const codes = (findings: readonly OnboardingFinding[], severity: OnboardingFinding["severity"]) =>
  findings.filter((finding) => finding.severity === severity).map(({ code }) => code);
const of = (findings: readonly OnboardingFinding[], code: string) => findings.find((finding) => finding.code === code);
const problemOf = async (call: Promise<unknown>) => {
  const error = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw new Error("expected the API to refuse");
  return error.problem;
};
const listed = async (url: string, key?: string): Promise<string[]> => {
  const reply = await fetch(`${url}/v1/models`, key ? { headers: { authorization: `Bearer ${key}` } } : {});
  const { data } = (await reply.json()) as { data: { id: string; parent: string | null }[] };
  return data.flatMap(({ id, parent }) => (parent === null ? [] : [id]));
};
const loadByHand = async (url: string, name: string, path: string) => {
  const reply = await fetch(`${url}/v1/load_lora_adapter`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ lora_name: name, lora_path: path }),
  });
  expect(reply.status).toBe(200);
};
/** A trained adapter's folder below the store, where an operator put it before there was Switchyard. */
const placed = async (folder: string, adapter: "support-bot" | "billing-helper") => {
  const path = join(api.deps.adapterStore, folder);
  await cp(join(ADAPTERS, adapter), path, { recursive: true });
  return path;
};
const adapterOf = async (slug: string, pool = poolId) => {
  const tenant = await api.admin.call("POST /tenants", { body: { slug, name: slug } });
  return api.admin.call("POST /tenants/{tenantId}/adapters", {
    params: { tenantId: tenant.id },
    body: { slug: "bot", name: "Bot", poolId: pool },
  });
};

describe("inspecting a node that is to be added", () => {
  it("proves that it reads the store, and leaves nothing behind", async () => {
    const started = await node("guarded", 0, { apiKey: KEY });
    const seen = await inspect(started.url, { poolId, apiKey: KEY });
    expect(codes(seen.findings, "problem")).toEqual([]);
    expect(codes(seen.findings, "warning")).toEqual(["open_adapters", "open_invocations"]);
    expect(of(seen.findings, "delivery")).toMatchObject({ severity: "pass" });
    expect(of(seen.findings, "lora_loading")).toMatchObject({ severity: "pass" });
    expect(seen.limits).toMatchObject({
      maxLoras: { value: 4, source: "measured" },
      maxModelLen: { value: 8192, source: "measured" },
    });
    expect(seen).toMatchObject({
      version: "0.32.0",
      simulated: true,
      baseModels: [{ id: "switchyard/tiny-llama", maxModelLen: 8192 }],
      unmanagedAdapters: [],
      proposal: null,
    });
    expect(await listed(started.url, KEY)).toEqual([]);
    expect(await readdir(join(api.deps.adapterStore, "0--delivery"))).toEqual([]);
    expect((await api.admin.call("GET /nodes", { query: {} })).items).toEqual([]);
    const { items } = await api.admin.call("GET /audit", { query: { objectId: started.url } });
    expect(items.map(({ action }) => action)).toEqual(["node.inspect"]);
    expect(JSON.stringify([seen, items])).not.toContain(KEY);
  });

  it("reports a bad node instead of failing: problems, and the mount that is missing", async () => {
    const pool = await addTinyPool(api.admin, "elsewhere", "/mnt/not-there");
    const blind = await node("blind");
    const seen = await inspect(blind.url, { poolId: pool.id });
    expect(of(seen.findings, "delivery")).toMatchObject({
      severity: "warning",
      message: expect.stringMatching(/finds nothing at \/mnt\/not-there\/0--delivery\/[0-9a-f]{12}/),
      fix: expect.stringContaining(`(${api.deps.adapterStore} here) on the node at /mnt/not-there`),
    });
    const noLora = await node("no-lora", 0, { allowsRuntimeLora: false, maxModelLen: 2048 });
    const bad = await inspect(noLora.url);
    expect(codes(bad.findings, "problem")).toEqual(["lora_updates_off", "max_model_len_too_small"]);
    expect(of(bad.findings, "delivery")).toMatchObject({ severity: "unknown" });
    expect(await problemOf(add("no-lora", noLora.url))).toMatchObject({
      status: 422,
      errors: [{ field: "baseUrl", code: "lora_updates_off" }, { code: "max_model_len_too_small" }],
    });
  });

  it.each([
    ["0.24.0", ["engine_wrong_adapter_under_load", "engine_profile_nearest"]],
    ["0.17.1", ["engine_wrong_adapter_under_load", "engine_cve_2026_27893", "engine_cve_2026_44222"]],
  ])("tells the known faults of %s", async (engineVersion, expected) => {
    const old = await node(`old-${engineVersion}`, 0, { engineVersion });
    const { findings } = await inspect(old.url);
    expect(codes(findings, "warning").filter((code) => code.startsWith("engine_"))).toEqual(expected);
    expect(of(findings, "delivery")).toMatchObject({ severity: "pass" });
  });

  it("loads nothing where a load could hurt whoever is served already", async () => {
    const serving = await node("serving-old", 0, { engineVersion: "0.24.0" });
    await loadByHand(serving.url, "in-use", join(ADAPTERS, "support-bot"));
    expect(of((await inspect(serving.url)).findings, "delivery")).toMatchObject({
      severity: "unknown",
      message: expect.stringContaining("a load can hand running requests to another adapter"),
    });
    expect(serving.inspect().cpu).toEqual(["in-use"]);
  });

  it("sees a clock that is wrong, and a release that says yes to any load", async () => {
    const late = await node("late");
    late.inject({ kind: "clock_skew", skewSeconds: -300 });
    expect(of((await inspect(late.url)).findings, "clock_skew")).toMatchObject({
      severity: "warning",
      message: expect.stringMatching(/(299|30[01]) s behind/),
    });
    const ancient = await node("ancient", 0, { engineVersion: "0.6.3" });
    const pool = await addTinyPool(api.admin, "nowhere", "/mnt/nowhere");
    const { findings } = await inspect(ancient.url, { poolId: pool.id });
    expect(of(findings, "delivery")).toMatchObject({ severity: "warning" });
    expect(codes(findings, "warning")).toContain("engine_silent_load");
  });

  it("refuses what is no vLLM node, by field", async () => {
    const guarded = await node("other-key", 0, { apiKey: KEY });
    expect(await problemOf(inspect(guarded.url, { apiKey: "wrong" }))).toMatchObject({
      status: 422,
      errors: [{ field: "apiKey", code: "node_unauthorized" }],
    });
    expect(await problemOf(inspect("http://127.0.0.1:1"))).toMatchObject({
      errors: [{ field: "baseUrl", code: "node_unreachable" }],
    });
    expect(await problemOf(inspect("http://169.254.169.254"))).toMatchObject({
      errors: [{ field: "baseUrl", code: "forbidden_address" }],
    });
    expect(await problemOf(inspect(guarded.url, { poolId: "pool_0" }))).toMatchObject({ status: 422 });
  });

  it("says when its reference adapter would not go, and takes it off the next time", async () => {
    const sticky = await node("sticky");
    sticky.inject({ kind: "error", path: "/v1/unload_lora_adapter" });
    expect(of((await inspect(sticky.url)).findings, "delivery")).toMatchObject({
      severity: "warning",
      message: expect.stringContaining("could not be unloaded"),
    });
    // its files stay while the node may read them again
    expect(await readdir(join(api.deps.adapterStore, "0--delivery"))).toHaveLength(1);
    sticky.clearFaults();
    const again = await inspect(sticky.url);
    expect(of(again.findings, "delivery")).toMatchObject({ severity: "pass" });
    expect(again.unmanagedAdapters).toEqual([]);
    expect(await listed(sticky.url)).toEqual([]);
  });

  it("proposes a pool from what runs already", async () => {
    const running = await node("running");
    const path = await placed("legacy/acme-bot", "support-bot");
    await loadByHand(running.url, "acme-bot", path);
    const { proposal, unmanagedAdapters, limits, findings } = await inspect(running.url, {});
    expect(unmanagedAdapters).toEqual([{ loraName: "acme-bot", root: path }]);
    expect(limits).toBeNull();
    expect(codes(findings, "problem")).toEqual([]);
    expect(proposal).toMatchObject({
      slug: { value: "tiny-llama", source: "proposal" },
      baseModel: { value: "switchyard/tiny-llama", source: "engine" },
      maxModelLen: { value: 8192, source: "engine" },
      files: { value: null, source: "ask" },
      adapterDirectory: { value: join(api.deps.adapterStore, "legacy"), source: "proposal" },
    });
    expect(await listed(running.url)).toEqual(["acme-bot"]);
  });

  it("is for those who may add nodes", async () => {
    const operator = await api.clientWith(["platform:operate"]);
    const refused = operator.call("POST /nodes/inspect", { body: { baseUrl: "http://127.0.0.1:1" } });
    expect(await problemOf(refused)).toMatchObject({ status: 403 });
  });
});

describe("the report of a node", () => {
  it("is kept when it is added, with an event, and renewed by on-call", async () => {
    const first = await node("first");
    const { id, report } = await add("first", first.url);
    const params = { nodeId: id };
    const kept = await api.admin.call("GET /nodes/{nodeId}/report", { params });
    expect(kept.at).not.toBeNull();
    expect(kept.findings).toEqual(report);
    expect(of(kept.findings, "tokenizer")).toMatchObject({ severity: "unknown" });
    expect(kept.limits?.maxLoras).toEqual({ value: 4, source: "measured" });
    const operator = await api.clientWith(["platform:operate"]);
    const renewed = await operator.call("POST /nodes/{nodeId}/inspect", { params });
    expect(renewed.at && kept.at && renewed.at > kept.at).toBe(true);
    const events = await operator.call("GET /nodes/{nodeId}/events", { params, query: {} });
    expect(events.items.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual(["inspect noted", "inspect noted"]);
    const second = await add("second", (await node("second")).url);
    expect(of(second.report, "tokenizer")).toMatchObject({
      severity: "pass",
      message: expect.stringContaining("the same tokens as first's"),
    });
    expect(of(second.report, "chat_template")).toMatchObject({ severity: "pass" });
    const auditor = await api.clientWith(["platform:read"]);
    expect((await auditor.call("GET /nodes/{nodeId}/report", { params })).findings).toEqual(renewed.findings);
    expect(await problemOf(auditor.call("POST /nodes/{nodeId}/inspect", { params }))).toMatchObject({ status: 403 });
    const absent = { nodeId: "node_00000000-0000-7000-8000-000000000000" };
    expect(await problemOf(api.admin.call("GET /nodes/{nodeId}/report", { params: absent }))).toMatchObject({
      status: 404,
    });
  });

  it("matches the engine's faults anew whenever it is read", async () => {
    const { id } = await add("aging", (await node("aging")).url);
    const params = { nodeId: id };
    const warnings = async () =>
      codes((await api.admin.call("GET /nodes/{nodeId}/report", { params })).findings, "warning");
    const before = await warnings();
    await api.deps.db.write(platformScope, ({ client }) =>
      client.node.update({ where: { id }, data: { engineVersion: "0.24.0" }, select: { id: true } }),
    );
    expect(await warnings()).toEqual([...before, "engine_wrong_adapter_under_load", "engine_profile_nearest"]);
    const view = await api.admin.call("GET /nodes/{nodeId}", { params });
    expect(view.findings?.warnings).toBe(before.length + 2);
  });

  it("tells of another release of the engine than the one known", async () => {
    const { id } = await add("upgraded", (await node("upgraded")).url);
    const params = { nodeId: id };
    await api.deps.db.write(platformScope, ({ client }) =>
      client.node.update({ where: { id }, data: { engineVersion: "0.24.0" }, select: { id: true } }),
    );
    for (let turn = 0; turn < 2; turn += 1) await api.admin.call("POST /nodes/{nodeId}/inspect", { params });
    const { items } = await api.admin.call("GET /nodes/{nodeId}/events", { params, query: { kind: "engine" } });
    expect(items.map(({ message }) => message)).toEqual([expect.stringMatching(/^vLLM [\d.]+, before 0\.24\.0$/)]);
  });

  it("stays as it was when the node does not answer any more", async () => {
    const going = await node("going");
    const { id } = await add("going", going.url);
    const params = { nodeId: id };
    const kept = await api.admin.call("GET /nodes/{nodeId}/report", { params });
    await going.kill();
    expect(await problemOf(api.admin.call("POST /nodes/{nodeId}/inspect", { params }))).toMatchObject({
      status: 422,
      errors: [{ field: "baseUrl", code: "node_unreachable" }],
    });
    expect(await api.admin.call("GET /nodes/{nodeId}/report", { params })).toEqual(kept);
  });
});

describe("adapters that run on a node already", () => {
  it("are listed with what stands between them and a version", async () => {
    const { adapterStore } = api.deps;
    const started = await node("legacy");
    await loadByHand(started.url, "good", await placed("old/good", "support-bot"));
    await loadByHand(started.url, "outside", join(ADAPTERS, "billing-helper"));
    const doubtful = await placed("old/doubtful", "billing-helper");
    await cp(join(ADAPTERS, "billing-helper", "adapter_config.json"), join(doubtful, "weights.bin"));
    await loadByHand(started.url, "doubtful", doubtful);
    const { id } = await add("legacy", started.url);
    const params = { nodeId: id };
    const { items } = await api.admin.call("GET /nodes/{nodeId}/unmanaged-adapters", { params });
    expect(items).toMatchObject([
      { loraName: "good", path: join(adapterStore, "old/good"), failures: [] },
      {
        loraName: "outside",
        path: null,
        failures: null,
        note: expect.stringContaining("not below the adapter store's mount"),
      },
      { loraName: "doubtful", failures: [{ code: "pickle_refused", fix: expect.any(String) }] },
    ]);
    const auditor = await api.clientWith(["platform:read"]);
    expect((await auditor.call("GET /nodes/{nodeId}/unmanaged-adapters", { params })).items).toEqual(items);
    await started.kill();
    expect(await problemOf(api.admin.call("GET /nodes/{nodeId}/unmanaged-adapters", { params }))).toMatchObject({
      status: 503,
      code: "node_unreachable",
    });
  });

  it("are told why they are no versions, and stay as they are", async () => {
    const started = await node("wrong-base");
    const path = await placed("old/wrong-base", "support-bot");
    const config = JSON.parse(await readFile(join(path, "adapter_config.json"), "utf8"));
    await writeFile(join(path, "adapter_config.json"), JSON.stringify({ ...config, alpha_pattern: { q_proj: 4 } }));
    await loadByHand(started.url, "wrong", path);
    const params = { nodeId: (await add("wrong-base", started.url)).id };
    const { items } = await api.admin.call("GET /nodes/{nodeId}/unmanaged-adapters", { params });
    const failures = items[0]?.failures ?? [];
    expect(failures.length).toBeGreaterThan(0);
    const adapter = await adapterOf("initech");
    const body = { loraName: "wrong", adapterId: adapter.id };
    const { version, held, message } = await api.admin.call("POST /nodes/{nodeId}/adopt", { params, body });
    expect(version.state).toBe("rejected");
    expect(
      version.checkReport?.findings.filter(({ severity }) => severity === "error").map(({ code }) => code),
    ).toEqual(failures.map(({ code }) => code));
    expect([held, message]).toEqual([false, expect.stringContaining("wrong stays on wrong-base as it is")]);
    expect((await api.admin.call("GET /placements", { query: { versionId: version.id } })).items).toEqual([]);
    expect(await listed(started.url)).toEqual(["wrong"]);
  });

  it("become versions by adoption, while the node keeps its name", async () => {
    const started = await node("adopting");
    const path = await placed("old/adopted", "support-bot");
    await loadByHand(started.url, "adopted", path);
    await loadByHand(started.url, "outside", join(ADAPTERS, "billing-helper"));
    const params = { nodeId: (await add("adopting", started.url)).id };
    const adapter = await adapterOf("acme");
    const adopt = (loraName: string, adapterId = adapter.id) =>
      api.admin.call("POST /nodes/{nodeId}/adopt", { params, body: { loraName, adapterId } });
    const { version, held, message } = await adopt("adopted");
    expect(version).toMatchObject({ state: "ready", number: 1, origin: { source: `adopting:${path}` } });
    expect(held).toBe(true);
    expect(message).toContain("Nothing is renamed on adopting");
    expect(message).toContain(version.loraName);
    const placements = await api.admin.call("GET /placements", { query: { versionId: version.id } });
    expect(placements.items.map(({ nodeId }) => nodeId)).toContain(params.nodeId);
    expect(await listed(started.url)).toEqual(["adopted", "outside"]);
    expect(await problemOf(adopt("adopted"))).toMatchObject({ status: 409, code: "already_adopted" });
    expect(await problemOf(adopt("outside"))).toMatchObject({ status: 422, code: "unmanaged_adapter_out_of_reach" });
    expect(await problemOf(adopt("nobody"))).toMatchObject({ status: 422, code: "no_such_unmanaged_adapter" });
    const other = await addTinyPool(api.admin, "other", "/mnt/other");
    const foreign = await adapterOf("globex", other.id);
    expect(await problemOf(adopt("adopted", foreign.id))).toMatchObject({ code: "adapter_in_other_pool" });
    const absent = "adp_00000000-0000-7000-8000-000000000000";
    expect(await problemOf(adopt("adopted", absent))).toMatchObject({ status: 404 });
    const operator = await api.clientWith(["platform:operate"]);
    const body = { loraName: "adopted", adapterId: adapter.id };
    expect(await problemOf(operator.call("POST /nodes/{nodeId}/adopt", { params, body }))).toMatchObject({
      status: 403,
    });
  });
});
