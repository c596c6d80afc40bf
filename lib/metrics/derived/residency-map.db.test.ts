import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { acted, deriveOnce, engineCounted, forgetNodes, record, sentTo } from "#lib/requests/testing/derived-world.ts";
import * as seed from "../testing/seed-catalog.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
const MINUTE = 60_000;
const at = (minutes: number) => new Date(NOON.getTime() + minutes * MINUTE);
const clock = manualClock(NOON);
let api: TestApi;
let poolId: string;
let tenantId: string;
let nodeId: string;

/** One slot, two places in host memory, and a version of acme's called acme--bot--v1. */
beforeAll(async () => {
  api = await createTestApi({ clock });
  const { db } = api.deps;
  poolId = await seed.seedPool(db);
  await db.write(platformScope, ({ client }) =>
    client.pool.update({ where: { id: poolId }, data: { maxLoras: 1, maxCpuLoras: 2 } }),
  );
  tenantId = await seed.seedTenant(db, { slug: "acme" });
  const adapterId = await seed.seedAdapter(db, { tenantId, poolId, slug: "bot" });
  await seed.seedVersion(db, { tenantId, adapterId, number: 1, loraName: "acme--bot--v1" });
});
afterAll(() => api.close());
beforeEach(async () => {
  await forgetNodes(api.deps.db);
  clock.advance(NOON.getTime() - clock.now().getTime());
  nodeId = await addNode("n1", at(0));
});

async function addNode(name: string, beganEmptyAt: Date | null): Promise<string> {
  const { db } = api.deps;
  const id = await seed.seedNode(db, { poolId, name, baseUrl: `http://${name}.test`, seenAt: NOON });
  await db.write(platformScope, ({ client }) =>
    client.node.update({ where: { id }, data: { createdAt: at(-1), beganEmptyAt } }),
  );
  return id;
}
const asked = (minutes: number, loraName: string, node = nodeId) => sentTo(node, { loraName, at: at(minutes) });
/** What the map shows once the cache follower has run. */
const map = async (query: object = {}, id = nodeId, client = api.admin) => {
  await deriveOnce(api.deps);
  return client.call("GET /nodes/{nodeId}/residency-map", { params: { nodeId: id }, query });
};
/** "GGC": a letter a column. */
const letters = (runs: readonly { tier: string; columns: number }[]) =>
  runs.map(({ tier, columns }) => ({ gpu: "G", cpu: "C", absent: "-", unknown: "?" })[tier]?.repeat(columns)).join("");
const lines = ({ rows }: Awaited<ReturnType<typeof map>>) =>
  rows.map(({ loraName, runs }) => `${loraName} ${letters(runs)}`);
const range = (from: number, to: number) => ({ from: at(from).toISOString(), to: at(to).toISOString() });

describe("GET /nodes/{nodeId}/residency-map", () => {
  it("draws each version's tier at the end of each step, the longest in a slot first, and whose it is", async () => {
    await record(api.deps, [
      asked(1.05, "acme--bot--v1"),
      asked(1.5, "b"),
      asked(2.05, "c"),
      asked(2.5, "acme--bot--v1"),
    ]);
    clock.advance(3 * MINUTE);
    const seen = await map(range(1, 3));
    expect(lines(seen)).toEqual([
      "acme--bot--v1 GGGCCC---GGG", // c pushed it out of host memory, and it came back from disk
      "b ---GGGCCC---",
      "c ------GGGCCC",
    ]);
    expect(seen).toMatchObject({
      ...{ from: at(1).toISOString(), to: at(3).toISOString(), stepSeconds: 10, columns: 12 },
      ...{ slots: 1, places: 2, others: 0, source: "derived", simulated: true, note: null, measured: null },
      sources: [{ source: "derived", columns: 12 }],
    });
    expect(seen.rows[0]).toMatchObject({ tenantId, tenantSlug: "acme", adapterSlug: "bot", versionNumber: 1 });
    expect(seen.rows[1]).toMatchObject({ tenantId: null, versionNumber: null, measured: null });
    expect(await map(range(1, 3))).toEqual(seen);
  });

  it("calls unknown what was there before anybody scraped, until nothing of it can be left", async () => {
    const late = await addNode("n2", null);
    await record(api.deps, [
      asked(1.05, "a", late),
      asked(1.5, "b", late),
      asked(2.05, "c", late),
      asked(2.5, "b", late),
    ]);
    clock.advance(3 * MINUTE);
    const seen = await map(range(1, 3), late);
    expect(lines(seen)).toEqual(["b ???GGGCCCGGG", "a GGGCCC------", "c ??????GGGCCC"]);
    expect(seen.sources).toEqual([
      { source: "inferred", columns: 6 },
      { source: "derived", columns: 6 },
    ]);
    expect(seen).toMatchObject({ source: "inferred", note: expect.stringContaining("Exact since") });
  });

  it("is emptied by a restart, and lists what was loaded and never asked for", async () => {
    await acted(api.deps, nodeId, "load", at(1.05), "a");
    await acted(api.deps, nodeId, "load", at(1.5), "b");
    await acted(api.deps, nodeId, "restart", at(2.05));
    clock.advance(3 * MINUTE);
    expect(lines(await map(range(1, 3)))).toEqual(["a GGGCCC------", "b ---GGG------"]);
    // what was listed before the range, too
    expect(lines(await map(range(1.7, 2)))).toEqual(["b GG", "a CC"]);
  });

  it("is only inferred while others use the node", async () => {
    await record(
      api.deps,
      Array.from({ length: 12 }, (_, minute) => asked(minute + 0.1, "a")),
    );
    for (let minute = 0; minute < 12; minute += 1) await engineCounted(api.deps, nodeId, at(minute), { requests: 40 });
    clock.advance(13 * MINUTE);
    await deriveOnce(api.deps);
    const seen = await map();
    expect(seen.source).toBe("inferred");
    expect(seen.note).toContain("other clients send it requests");
  });

  it("knows nothing of the time before a node came to us, and that it came empty", async () => {
    await record(api.deps, [asked(1, "a")]);
    clock.advance(3 * MINUTE);
    const seen = await map(range(-3, 3));
    expect(lines(seen)).toEqual([`a ${"?".repeat(18)}${"-".repeat(6)}${"G".repeat(12)}`]);
    expect(seen.sources).toEqual([
      { source: "inferred", columns: 18 },
      { source: "derived", columns: 18 },
    ]);
  });

  it("has no rows of a node without requests and loads", async () => {
    clock.advance(3 * MINUTE);
    expect(await map(range(0, 3))).toMatchObject({ rows: [], others: 0, source: "derived", note: null });
  });

  it("has at most forty rows, and counts the rest", async () => {
    await record(
      api.deps,
      Array.from({ length: 45 }, (_, index) => asked(index / 15, `adapter-${String(index).padStart(2, "0")}`)),
    );
    clock.advance(4 * MINUTE);
    const seen = await map();
    expect(seen.rows.length).toBe(40);
    expect(seen.others).toBe(5);
  });

  it("refuses a range that is empty, too long or too old, and does not know a node that was removed", async () => {
    clock.advance(3 * MINUTE);
    const refused = (query: object) => expect(map(query), JSON.stringify(query)).rejects;
    await refused(range(3, 1)).toMatchObject({ problem: { status: 422, errors: [{ field: "from" }] } });
    await refused(range(-400, 3)).toMatchObject({ problem: { errors: [{ code: "range_too_long" }] } });
    await refused(range(-32 * 1440, -32 * 1440 + 5)).toMatchObject({ problem: { errors: [{ code: "not_kept" }] } });
    await refused({ from: "yesterday" }).toMatchObject({ problem: { status: 422 } });
    await record(api.deps, [asked(1, "a")]);
    await api.deps.db.write(platformScope, ({ client }) => client.node.delete({ where: { id: nodeId } }));
    await refused({}).toMatchObject({ problem: { status: 404 } });
  });

  it("is for whoever may read the fleet, and for no customer", async () => {
    await record(api.deps, [asked(1, "acme--bot--v1")]);
    clock.advance(3 * MINUTE);
    const viewer = await api.clientWith(["platform:read"]);
    expect((await map({}, nodeId, viewer)).rows.length).toBe(1);
    for (const scope of ["tenant:read", "tenant:admin"] as const)
      await expect(map({}, nodeId, await api.clientWith([scope], tenantId))).rejects.toMatchObject({
        problem: { status: 403 },
      });
  });
});
