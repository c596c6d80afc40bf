import { afterAll, beforeAll, expect, it } from "vitest";
import { createFaultWorld, type FaultWorld } from "#lib/fleet/testing/fault-world.ts";
import { runJobsOnce } from "#lib/jobs/run-jobs.ts";
import { allItems } from "#lib/jobs/testing/job-world.ts";
import { jobHandlers } from "./job-handlers.ts";
import { addVersion, type FileMap, seededAdapter } from "./testing/fleet.ts";

const TENANTS = 40;
let world: FaultWorld;
let files: FileMap;
beforeAll(async () => {
  world = await createFaultWorld(["node-a"]);
  files = await seededAdapter("many");
});
afterAll(() => world.close());

/** A tenant of its own with one ready version. */
async function addTenant(slug: string): Promise<string> {
  const { admin } = world.api;
  const { id: tenantId } = await admin.call("POST /tenants", { body: { slug, name: slug } });
  const body = { slug: "bot", name: "Bot", poolId: world.poolId };
  const adapter = await admin.call("POST /tenants/{tenantId}/adapters", { params: { tenantId }, body });
  return (await addVersion(admin, adapter.id, files)).id;
}

it("40 tenants' versions are staged by one job and come up on the node", async () => {
  const { admin } = world.api;
  const versionIds: string[] = [];
  for (let index = 0; index < TENANTS; index += 1) versionIds.push(await addTenant(`tenant-${index}`));

  const preview = await admin.call("POST /bulk/stage/preview", { body: { filter: {} } });
  expect(preview.totals).toMatchObject({ act: TENANTS, skip: 0 });
  expect(preview.totals.nodes).toMatchObject([
    { nodeName: "node-a", loads: TENANTS, residentPeak: TENANTS, places: 8 },
  ]);
  expect(preview.totals.warnings).toHaveLength(1);

  const job = await admin.call("POST /bulk/stage", { body: { filter: {} } });
  await runJobsOnce(world.api.deps, jobHandlers);
  const items = await allItems(admin, job.id);
  expect(items.map(({ state }) => state)).toEqual(Array(TENANTS).fill("succeeded"));
  expect(new Set(items.map(({ key }) => key))).toEqual(new Set(versionIds));
  const { items: trail } = await admin.call("GET /audit", { query: { action: "version.stage", limit: 200 } });
  expect(trail.filter(({ requestId }) => requestId === job.id)).toHaveLength(TENANTS);
  expect(trail[0]?.actor).toMatchObject({ kind: "key", label: "key ADMIN_API_KEY" });

  await world.settle();
  const { items: placements } = await admin.call("GET /placements", { query: { limit: 200 } });
  expect(placements.filter(({ state }) => state === "routable")).toHaveLength(TENANTS);
}, 240_000);
