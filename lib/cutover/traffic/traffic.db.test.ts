import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { holdersOf } from "#lib/evals/testing/settle-fleet.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createShareWorld, OVERRIDE, type ShareWorld } from "../testing/share-world.ts";

let world: ShareWorld;
beforeAll(async () => {
  world = await createShareWorld();
});
afterAll(() => world.close());

const routeOf = async (adapterId: string) => (await world.adapter(adapterId)).route;
const versionOf = (versionId: string) => world.admin.call("GET /versions/{versionId}", { params: { versionId } });
const retentionsOf = async (versionId: string) =>
  (await world.db.read(platformScope, ({ client }) => client.versionRetention.findMany({ where: { versionId } }))).map(
    ({ holder }) => holder,
  );
const retire = (versionId: string) => world.admin.call("POST /versions/{versionId}/retire", { params: { versionId } });

/** An adapter with version 1 live and version 2 ready, loaded where asked. */
async function liveAdapter(slug: string, loaded = true) {
  const { tenantId, adapterId, versionId: v1 } = await world.addTenant(slug, 10);
  await world.goLive(adapterId, v1);
  const v2 = await world.addVersion(adapterId);
  if (loaded) await world.load(v2);
  return { tenantId, adapterId, v1, v2 };
}
const candidate = (candidateVersionId: string, weightPercent: number, more: object = {}) => ({
  candidateVersionId,
  weightPercent,
  ...more,
});

describe("a share of the conversations", () => {
  it("is given behind a passed gate, keeps the version loaded, and ends with the next cutover", async () => {
    const { adapterId, v2 } = await liveAdapter("share");
    expect(await problemOf(world.putTraffic(adapterId, candidate(v2, 5)))).toMatchObject({
      status: 409,
      code: "gate_not_passed",
      errors: [{ field: "candidateVersionId" }],
    });
    await world.passGate(v2);
    expect(await world.putTraffic(adapterId, candidate(v2, 5))).toMatchObject({
      candidateVersionId: v2,
      candidateVersionNumber: 2,
      weightPercent: 5,
      mirrorVersionId: null,
    });
    expect(await holdersOf(world.db, v2)).toContain(`candidate:${adapterId}`);
    expect((await versionOf(v2)).aliases).toEqual(["candidate"]);
    await world.admin.call("POST /versions/{versionId}/unstage", { params: { versionId: v2 } });
    expect(await holdersOf(world.db, v2)).toEqual([`candidate:${adapterId}`]);
    expect(await problemOf(retire(v2))).toMatchObject({ status: 409, code: "version_in_use" });

    await world.goLive(adapterId, v2);
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: v2, candidateVersionId: null, weightPercent: 0 });
    expect(await holdersOf(world.db, v2)).toEqual([`route:${adapterId}`]);
    expect(await retentionsOf(v2)).not.toContain(`candidate:${adapterId}`);
  });

  it("is given under an override by who may, and that stands in the trail", async () => {
    const { adapterId, v2 } = await liveAdapter("override");
    await world.putTraffic(adapterId, candidate(v2, 10, { overrideReason: OVERRIDE }));
    const [entry] = (await world.admin.call("GET /audit", { query: { objectId: adapterId } })).items;
    expect(entry).toMatchObject({
      action: "traffic.override",
      reason: OVERRIDE,
      before: { weightPercent: 0 },
      after: { candidateVersionId: v2, weightPercent: 10 },
    });
    expect(await world.putTraffic(adapterId, {})).toMatchObject({ candidateVersionId: null, weightPercent: 0 });
    expect(await holdersOf(world.db, v2)).not.toContain(`candidate:${adapterId}`);
    expect(await retentionsOf(v2)).not.toContain(`candidate:${adapterId}`);
  });

  it("works beside an origin, and ends when a rollback returns there", async () => {
    const { adapterId, versionId } = await world.addAtOrigin("beside-origin");
    await world.load(versionId);
    await world.putTraffic(adapterId, candidate(versionId, 20, { overrideReason: OVERRIDE }));
    expect(await problemOf(world.putOrigin(adapterId, null))).toMatchObject({ status: 409, code: "shares_set" });
    const cutoverId = await world.goLive(adapterId, versionId);
    const v2 = await world.addVersion(adapterId);
    await world.load(v2);
    await world.putTraffic(adapterId, { mirrorVersionId: v2, mirrorPercent: 50 });
    await world.admin.call("POST /cutovers/{cutoverId}/rollback", { params: { cutoverId }, body: {} });
    expect(await routeOf(adapterId)).toMatchObject({ liveVersionId: null, mirrorVersionId: null, mirrorPercent: 0 });
    expect(await holdersOf(world.db, v2)).not.toContain(`mirror:${adapterId}`);
  });
});

describe("copies of requests", () => {
  it("need no gate, only a version that is loaded", async () => {
    const { adapterId, v2 } = await liveAdapter("mirror", false);
    const copies = { mirrorVersionId: v2, mirrorPercent: 100 };
    expect(await problemOf(world.putTraffic(adapterId, copies))).toMatchObject({
      status: 409,
      code: "not_loaded",
      errors: [{ field: "mirrorVersionId" }],
    });
    expect(await holdersOf(world.db, v2)).toEqual([]);
    await world.load(v2);
    expect(await world.putTraffic(adapterId, copies)).toMatchObject(copies);
    expect(await holdersOf(world.db, v2)).toContain(`mirror:${adapterId}`);
    const { blockers } = await world.admin.call("GET /versions/{versionId}/deletion", { params: { versionId: v2 } });
    expect(blockers.map(({ message }) => message)).toContain("It gets copies of 100 % of the requests.");
  });
});

describe("refused", () => {
  it("by field: what is no version of the adapter, is live, not ready, or a share of nothing", async () => {
    const { adapterId, v1, v2 } = await liveAdapter("refusals");
    const { versionId: foreign } = await world.addTenant("refusals-other", 10);
    const refusals: [object, number, string, string][] = [
      [candidate(foreign, 5), 422, "candidateVersionId", "unknown_version"],
      [{ mirrorVersionId: newId("version"), mirrorPercent: 5 }, 422, "mirrorVersionId", "unknown_version"],
      [candidate(v1, 5), 409, "candidateVersionId", "already_live"],
      [{ weightPercent: 5 }, 422, "candidateVersionId", "version_missing"],
      [candidate(v2, 101), 422, "weightPercent", "too_big"],
      [candidate(v2, 0.5), 422, "weightPercent", "invalid_type"],
      [{ mirrorVersionId: v2, mirrorPercent: -1 }, 422, "mirrorPercent", "too_small"],
      [candidate(v2, 5, { overrideReason: "short" }), 422, "overrideReason", "too_small"],
    ];
    const before = await routeOf(adapterId);
    for (const [body, status, field, code] of refusals)
      expect(await problemOf(world.putTraffic(adapterId, body))).toMatchObject({ status, errors: [{ field, code }] });
    expect(await routeOf(adapterId)).toEqual(before);
  });

  it("while nothing answers the rest, or a cutover is under way", async () => {
    const { adapterId, versionId } = await world.addTenant("nothing-live", 10);
    await world.load(versionId);
    const body = candidate(versionId, 5, { overrideReason: OVERRIDE });
    expect(await problemOf(world.putTraffic(adapterId, body))).toMatchObject({ status: 409, code: "nothing_live" });
    await world.goLive(adapterId, versionId);
    const v2 = await world.addVersion(adapterId);
    await world.load(v2);
    await world.admin.call("POST /adapters/{adapterId}/cutovers", {
      params: { adapterId },
      body: { toVersionId: v2, overrideReason: OVERRIDE },
    });
    const share = world.putTraffic(adapterId, candidate(v2, 5, { overrideReason: OVERRIDE }));
    expect(await problemOf(share)).toMatchObject({ status: 409, code: "cutover_in_progress" });
  });

  it("under a freeze, which still lets shares be taken away", async () => {
    const { adapterId, v2 } = await liveAdapter("frozen-share");
    const share = candidate(v2, 5, { overrideReason: OVERRIDE });
    await world.putTraffic(adapterId, share);
    const freeze = await world.admin.call("POST /controls", { body: { kind: "freeze", reason: "An incident." } });
    expect(await problemOf(world.putTraffic(adapterId, share))).toMatchObject({ status: 409, code: "frozen" });
    expect(await world.putTraffic(adapterId, {})).toMatchObject({ weightPercent: 0 });
    await world.admin.call("POST /controls/{controlId}/revert", { params: { controlId: freeze.id }, body: {} });
  });

  it("to who saw an older route, to operators and to customers; another tenant's is not there", async () => {
    const { tenantId, adapterId, v2 } = await liveAdapter("who-may");
    const { tenantId: otherId } = await world.addTenant("who-may-other", 10);
    const { generation } = await routeOf(adapterId);
    const put = (client: typeof world.admin, at = generation) =>
      client.call("PUT /adapters/{adapterId}/traffic", {
        params: { adapterId },
        body: candidate(v2, 5, { overrideReason: OVERRIDE }),
        generation: at,
      });
    expect(await problemOf(put(world.admin, generation - 1))).toMatchObject({ status: 412 });
    expect(await holdersOf(world.db, v2)).not.toContain(`candidate:${adapterId}`);
    for (const client of [
      await world.api.clientWith(["platform:operate"]),
      await world.api.clientWith(["tenant:admin"], tenantId),
      await world.api.clientWith(["tenant:admin"], otherId),
    ])
      expect(await problemOf(put(client))).toMatchObject({ status: 403 });
  });
});
