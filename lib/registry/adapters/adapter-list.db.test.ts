import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CallInput } from "#lib/api/client.ts";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { addVersionRow, type VersionRow } from "../testing/add-version-row.ts";
import { addAdapter, addPool } from "../testing/register.ts";

let api: TestApi;
let poolId: string;
const ids: Record<string, string> = {};
const NAMES = ["alder", "birch", "cedar", "dogwood", "elder"];

const addVersion = (name: string, row: Omit<VersionRow, "digest">, as?: "live" | "staged") => {
  const digest = `${name.charCodeAt(0).toString(16)}${row.number}${"c0ffee".repeat(11)}`.slice(0, 64);
  return addVersionRow(api.deps, ids[name] ?? "", { ...row, digest }, as);
};

beforeAll(async () => {
  api = await createTestApi();
  poolId = (await addPool(api.admin, "pool", "/data/adapters")).id;
  for (const name of NAMES) ids[name] = (await addAdapter(api.admin, name, poolId)).adapter.id;
  await addVersion("alder", { number: 1, state: "ready", rank: 16, bytes: 400 }, "live");
  await addVersion("alder", { number: 2, state: "rejected", rank: 8, bytes: 300 });
  await addVersion("birch", { number: 1, state: "quarantined", rank: 16, bytes: 100 }, "live");
  await addVersion("birch", { number: 2, state: "ready", rank: 16, bytes: 200 }, "staged");
  await addVersion("cedar", { number: 1, state: "ready", rank: 8, bytes: 500 });
  await addVersion("dogwood", { number: 1, state: "ready", rank: 16, bytes: 600 });
  await addVersion("dogwood", { number: 2, state: "deleted", rank: 8, bytes: 700 });
});
afterAll(() => api.close());

type Query = NonNullable<CallInput<"GET /adapters">["query"]>;
const list = (query: Query) => api.admin.call("GET /adapters", { query });
const tenantsOf = async (query: Query) => (await list(query)).items.map(({ tenantSlug }) => tenantSlug);

describe("the list of adapters", () => {
  it("says of each its newest version, its live one and their ranks; a deleted version is none", async () => {
    const { items, total } = await list({ sort: "tenant" });
    expect(total).toBe(NAMES.length);
    const shown = items.map(({ newestVersion, route, liveRank, liveStatus, versionCount }) => [
      newestVersion && `v${newestVersion.number} ${newestVersion.status} r${newestVersion.rank}`,
      route.liveVersionNumber,
      liveRank,
      liveStatus,
      versionCount,
    ]);
    expect(shown).toEqual([
      ["v2 rejected r8", 1, 16, "live", 2],
      ["v2 staged r16", 1, 16, "quarantined", 2],
      ["v1 ready r8", null, null, null, 1],
      ["v1 ready r16", null, null, null, 1],
      [null, null, null, null, 0],
    ]);
  });

  it.each([
    [{ status: "live" }, ["alder"]],
    [{ status: "staged" }, ["birch"]],
    [{ status: "ready" }, ["cedar", "dogwood"]],
    [{ status: "rejected" }, ["alder"]],
    [{ status: "quarantined" }, ["birch"]],
    [{ status: "deleted" }, []],
    [{ rank: 8 }, ["alder", "cedar"]],
    [{ rank: 8, status: "ready" }, ["cedar"]],
    [{ q: "SUPPORT ced" }, ["cedar"]],
    [{ q: "bot nowhere" }, []],
    [{ q: "dogwood--support-bot--v1" }, ["dogwood"]],
    [{ q: "632c0ff" }, []],
    [{ q: "631c0ff" }, ["cedar"]],
    [{ q: "v2-622c0ffeec0f" }, ["birch"]],
    [{ q: "100%" }, []],
  ] as const)("narrowed to %j holds %j", async (filter, expected) => {
    expect(await tenantsOf({ ...filter, sort: "tenant" })).toEqual(expected);
    expect((await list({ ...filter, limit: 1 })).total).toBe(expected.length);
  });

  it("finds an adapter by its id and by that of a version", async () => {
    const { items } = await api.admin.call("GET /versions", { query: { adapterId: ids.cedar } });
    expect(await tenantsOf({ q: ids.cedar })).toEqual(["cedar"]);
    expect(await tenantsOf({ q: items[0]?.id })).toEqual(["cedar"]);
  });

  it.each(["name", "-tenant", "rank", "-size", "live_since", "-updated", undefined] as const)(
    "comes page by page in the order %s, each adapter once",
    async (sort) => {
      const whole = await tenantsOf({ sort });
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await list({ sort, limit: 2, cursor });
        paged.push(...page.items.map(({ tenantSlug }) => tenantSlug));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(paged).toEqual(whole);
      expect([...paged].sort()).toEqual(NAMES);
    },
  );

  it("orders by size and by name", async () => {
    expect(await tenantsOf({ sort: "-size" })).toEqual(["dogwood", "cedar", "alder", "birch", "elder"]);
    expect(await tenantsOf({ sort: "-tenant" })).toEqual([...NAMES].reverse());
  });

  it("refuses a cursor of another order, and one that was made up", async () => {
    const { nextCursor } = await list({ sort: "size", limit: 1 });
    for (const cursor of [nextCursor ?? "", "bm9uc2Vuc2U", Buffer.from('["name",7,"x"]').toString("base64url")]) {
      const response = await api.fetch(`/api/v1/adapters?sort=name&cursor=${cursor}`, {
        headers: { authorization: `Bearer ${api.adminKey}` },
      });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ errors: [{ field: "cursor", code: "bad_cursor" }] });
    }
  });

  it("finds the version that a digest names, in the reader's scope alone", async () => {
    const [version] = (await api.admin.call("GET /versions", { query: { adapterId: ids.birch ?? "", limit: 1 } }))
      .items;
    const query = { digest: version?.digest?.slice(0, 12) ?? "" };
    expect((await api.admin.call("GET /versions", { query })).items.map(({ id }) => id)).toEqual([version?.id]);
    const { items } = await list({ q: "cedar" });
    const other = await api.clientWith(["tenant:read"], items[0]?.tenantId ?? "");
    expect((await other.call("GET /versions", { query })).items).toEqual([]);
    const malformed = await api.fetch("/api/v1/versions?digest=xyz", {
      headers: { authorization: `Bearer ${api.adminKey}` },
    });
    expect(malformed.status).toBe(422);
  });

  it("shows and counts a customer's own alone, whatever is searched for", async () => {
    const { items } = await list({ q: "birch" });
    const customer = await api.clientWith(["tenant:read"], items[0]?.tenantId ?? "");
    const own = await customer.call("GET /adapters", { query: { q: "support" } });
    expect([own.total, own.items[0]?.tenantSlug, own.items[0]?.newestVersion?.status]).toEqual([1, "birch", "staged"]);
    expect((await customer.call("GET /adapters", { query: { status: "ready" } })).total).toBe(0);
  });
});
