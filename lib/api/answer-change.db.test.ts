import { afterAll, beforeAll, expect, it } from "vitest";
import { pitfallTurn } from "#lib/planner/loop.ts";
import { FINDING_LOOP } from "#lib/telemetry/findings/record-finding.ts";
import { addVersion, seededAdapter } from "./testing/fleet.ts";
import { createGateFleet, type GateFleet, SERVING, STANDALONE } from "./testing/gate-fleet.ts";
import { withTerm } from "./testing/with-term.ts";

/** The same version judged again by simulated nodes: first nothing is different, then the pool runs another release. */
let fleet: GateFleet;

beforeAll(async () => {
  fleet = await createGateFleet();
});
afterAll(() => fleet.close());

async function look() {
  const { deps, admin } = fleet.api;
  const { signal } = new AbortController();
  await withTerm(deps.db, FINDING_LOOP, (term) => pitfallTurn(deps, { term, signal }));
  const query = { poolId: fleet.poolId, pitfall: "answer_change" as const };
  return (await admin.call("GET /findings", { query })).items;
}

async function addJudgedVersion() {
  const { admin } = fleet.api;
  const tenant = await admin.call("POST /tenants", { body: { slug: "acme", name: "Acme" } });
  const params = { tenantId: tenant.id };
  const body = { slug: "bot", name: "Bot", poolId: fleet.poolId };
  const adapter = await admin.call("POST /tenants/{tenantId}/adapters", { params, body });
  await admin.call("POST /tenants/{tenantId}/suites", { params, body: { name: "Gate" } });
  return addVersion(admin, adapter.id, await seededAdapter("one"));
}

it("says nothing of a version that answers as before, and tells of one that a new release makes answer worse", async () => {
  const version = await addJudgedVersion();
  const outcome = async () => (await fleet.evaluate(version.id)).verdict?.outcome;
  expect(await outcome()).toBe("pass");
  expect(await outcome()).toBe("pass");
  expect(await look()).toEqual([]);

  await fleet.behave(SERVING, { skill: 0.95, flake: 0, brokenCategories: [] });
  for (const node of [SERVING, STANDALONE]) await fleet.upgrade(node, "0.33.0");
  expect(await outcome()).toBe("fail");
  const [found, ...more] = await look();
  expect(more).toEqual([]);
  expect(found).toMatchObject({
    severity: "warning",
    subject: { type: "version", id: version.id, name: "acme / bot v1" },
    clearedAt: null,
    fix: { action: { href: `/adapters/${version.adapterId}/versions/${version.id}/gate` } },
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
}, 600_000);
