import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { FINDING_LOOP } from "#lib/alerting/findings/record-finding.ts";
import { AT_ONCE } from "#lib/cutover/browser/canary-defaults.ts";
import { pitfallTurn } from "#lib/planner/loop.ts";
import { isNightly } from "#lib/platform/nightly.ts";
import { addVersion, seededAdapter } from "./testing/fleet.ts";
import { createGateFleet, type GateFleet, SERVING, STANDALONE, until } from "./testing/gate-fleet.ts";
import { withTerm } from "./testing/with-term.ts";

/**
 * Gate, cutover and rollback with every real part: loops, gateway and simulated nodes; only the scenario is made up. A gate
 * asks 3,600 prompts, so one test covers everything that needs one.
 */
let fleet: GateFleet;

beforeAll(async () => {
  fleet = await createGateFleet();
});
afterAll(() => fleet.close());

async function cutOver(adapterId: string, toVersionId: string, overrideReason?: string) {
  const { admin } = fleet.api;
  const { id } = await admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId, plan: AT_ONCE, ...(overrideReason ? { overrideReason } : {}) },
  });
  await vi.waitFor(async () => {
    const cutover = await admin.call("GET /cutovers/{cutoverId}", { params: { cutoverId: id } });
    expect(cutover.phase, cutover.message ?? "").toBe("completed");
  }, until);
  return id;
}
async function askAs(key: string) {
  const response = await fetch(`http://127.0.0.1:${fleet.gatewayPort}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "bot", messages: [{ role: "user", content: "Hello" }], max_tokens: 8 }),
  });
  await response.text();
  const header = (name: string) => response.headers.get(`x-switchyard-${name}`);
  return { status: response.status, version: header("version"), via: header("via") };
}

/** What the detectors find of answers, after they have looked once. */
async function answerChanges() {
  const { deps, admin } = fleet.api;
  const { signal } = new AbortController();
  await withTerm(deps.db, FINDING_LOOP, (term) => pitfallTurn(deps, { term, signal }));
  const query = { poolId: fleet.poolId, pitfall: "answer_change" as const };
  return (await admin.call("GET /findings", { query })).items;
}

/** A second gate: at night, since it asks as much as the first. What is found of two gates is tested in `lib/planner`. */
async function expectWorseAnswersReported(adapterId: string, versionId: string): Promise<void> {
  await fleet.behave(SERVING, { skill: 0.95, flake: 0, brokenCategories: [] });
  for (const node of [SERVING, STANDALONE]) await fleet.upgrade(node, "0.33.0");
  expect((await fleet.evaluate(versionId)).verdict?.outcome).toBe("fail");
  const [found, ...more] = await answerChanges();
  expect(more).toEqual([]);
  expect(found).toMatchObject({
    severity: "critical", // it is live
    subject: { type: "version", id: versionId, name: "acme / bot v1" },
    clearedAt: null,
    fix: { action: { href: `/adapters/${adapterId}/versions/${versionId}/gate` } },
  });
  expect(found?.sentence).toContain("greedy fails where it passed and sampled fails where it passed");
  expect(found?.cause).toContain("The bytes are the same, but vLLM's release changed in between");
  const [before, now] = found?.evidence ?? [];
  expect(before?.figure).toMatchObject({
    value: 0,
    source: "measured",
    simulated: true,
    coverage: { seen: 200, of: 200 },
  });
  expect(now?.figure.value).toBeGreaterThan(0.02);
}

describe("from a checked version to live and back", () => {
  it("passes a gate on both kinds of node, serves each version in turn, and rolls back (nightly: a release that makes it answer worse is reported)", async () => {
    const { api, poolId, evaluate } = fleet;
    const tenant = await api.admin.call("POST /tenants", { body: { slug: "acme", name: "Acme" } });
    const params = { tenantId: tenant.id };
    const adapter = await api.admin.call("POST /tenants/{tenantId}/adapters", {
      params,
      body: { slug: "bot", name: "Bot", poolId },
    });
    await api.admin.call("POST /tenants/{tenantId}/suites", { params, body: { name: "Gate" } });
    const key = await api.keyWith(["inference"], tenant.id);

    const first = await addVersion(api.admin, adapter.id, await seededAdapter("one"));
    const alone = await evaluate(first.id);
    expect(alone).toMatchObject({ baselineKind: "standalone", samplesDone: 3600, verdict: { outcome: "pass" } });
    expect(alone.conditions?.candidate).toEqual(alone.conditions?.baseline);
    await cutOver(adapter.id, first.id);
    await vi.waitFor(
      async () => expect(await askAs(key)).toEqual({ status: 200, version: "v1", via: "primary" }),
      until,
    );

    const second = await addVersion(api.admin, adapter.id, await seededAdapter("two"));
    const cutoverId = await cutOver(adapter.id, second.id, "Proven by the same suite elsewhere.");
    await vi.waitFor(
      async () => expect(await askAs(key)).toEqual({ status: 200, version: "v2", via: "primary" }),
      until,
    );

    await api.admin.call("POST /cutovers/{cutoverId}/rollback", { params: { cutoverId }, body: {} });
    await vi.waitFor(
      async () => expect(await askAs(key)).toEqual({ status: 200, version: "v1", via: "primary" }),
      until,
    );
    expect(await answerChanges()).toEqual([]);
    if (isNightly()) await expectWorseAnswersReported(adapter.id, first.id);
  }, 600_000);
});
