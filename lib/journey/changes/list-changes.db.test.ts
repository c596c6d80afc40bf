import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { audit } from "#lib/identity/audit.ts";
import { systemWrite } from "#lib/identity/ctx.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { CHANGE_GROUPS, type Change, type ChangesQuery } from "../browser/changes-schema.ts";

const START = new Date("2026-11-24T12:00:00.000Z");
const clock = manualClock(START);
let api: TestApi;
let poolId: string;
let [a, b] = ["", ""];
let acme: string;
let globex: string;

/** A quarter of an hour in which something happened every minute. */
beforeAll(async () => {
  api = await createTestApi({ clock });
  const { db } = api.deps;
  poolId = await seed.seedPool(db);
  a = await seed.seedNode(db, { poolId, name: "node-a", baseUrl: "http://127.0.0.1:1", seenAt: START });
  b = await seed.seedNode(db, {
    poolId: await seed.seedPool(db),
    name: "node-b",
    baseUrl: "http://127.0.0.1:2",
    seenAt: START,
  });
  acme = (await api.admin.call("POST /tenants", { body: { slug: "acme", name: "Acme" } })).id;
  clock.advance(60_000);
  globex = (await api.admin.call("POST /tenants", { body: { slug: "globex", name: "Globex" } })).id;
  clock.advance(60_000);
  const { generation } = await api.admin.call("GET /tenants/{tenantId}", { params: { tenantId: acme } });
  await api.admin.call("PATCH /tenants/{tenantId}", {
    params: { tenantId: acme },
    generation,
    body: { requestsPerMinute: 90 },
  });
  clock.advance(60_000);
  for (const nodeId of [a, b]) await happens(nodeId, "restart", "noted", 0);
  clock.advance(60_000);
  // one moment, as a bulk action makes them
  for (let index = 0; index < 12; index += 1) await happens(a, "load", index === 3 ? "failed" : "ok", index);
  clock.advance(60_000);
  await api.admin.call("POST /nodes/{nodeId}/cordon", { params: { nodeId: a } });
  clock.advance(60_000);
});
afterAll(() => api.close());

async function happens(nodeId: string, kind: string, outcome: string, index: number): Promise<void> {
  const loraName = kind === "load" ? `acme--bot--v${index + 1}-0123456789ab` : null;
  const data = {
    id: newId("loadEvent"),
    nodeId,
    tenantId: null,
    loraName,
    kind,
    outcome,
    message: "",
    at: clock.now(),
  };
  await api.deps.db.write(platformScope, ({ client }) => client.loadEvent.create({ data }));
}

const ask = (query: Partial<ChangesQuery> = {}) => api.admin.call("GET /changes", { query });
/** To the last page. */
async function all(query: Partial<ChangesQuery>): Promise<Change[]> {
  const { items, nextCursor } = await ask({ limit: 50, ...query });
  return nextCursor === null ? items : [...items, ...(await all({ ...query, cursor: nextCursor }))];
}
/** "who did what to whom", or what was seen. */
const told = ({ actor, action, title, objectName }: Change) => title ?? `${actor} ${action} ${objectName}`;

describe("GET /changes", () => {
  it("puts what happened and what was done on one line, newest first, with who and what differs", async () => {
    const { items } = await ask({ limit: 200 });
    const lines = items.map(told);
    const moments = items.map(({ at }) => at);
    expect(moments).toEqual([...moments].sort().reverse());
    expect(lines).toEqual(expect.arrayContaining(["node-a restarted", "bot v1 of acme loaded on node-a"]));
    expect(items.find(({ title }) => title === "Loading bot v4 of acme on node-a failed")).toMatchObject({
      group: "fleet",
      outcome: "failed",
      actor: null,
      nodeId: a,
    });
    const edit = items.find(({ action }) => action === "tenant.update");
    expect(edit).toMatchObject({ group: "catalog", objectName: "acme", tenantId: acme, title: null });
    expect(edit?.actor).not.toBeNull();
    expect(edit?.diff).toContainEqual({ field: "requestsPerMinute", before: null, after: "90" });
  });

  it("loses nothing and tells nothing twice from page to page, also where many share a moment", async () => {
    const whole = (await ask({ limit: 200 })).items.map(({ id }) => id);
    const paged: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: Change[]; nextCursor: string | null } = await ask({
        limit: 5,
        ...(cursor ? { cursor } : {}),
      });
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(paged).toEqual(whole);
  });

  it("answers for one group, one node, one pool, one tenant, and for what came before a moment", async () => {
    const groups = async (query: Partial<ChangesQuery>) => new Set((await ask(query)).items.map(({ group }) => group));
    expect(await groups({ group: "catalog" })).toEqual(new Set(["catalog"]));
    const ofNode = (await ask({ nodeId: b })).items.map(told);
    expect(ofNode).toEqual(["node-b restarted"]);
    const ofPool = (await ask({ poolId, limit: 200 })).items;
    expect(ofPool.map(({ nodeId }) => nodeId)).not.toContain(b);
    expect(ofPool.some(({ action }) => action === "node.cordon")).toBe(true);
    const ofTenant = (await ask({ tenantId: globex, group: "catalog" })).items;
    expect(ofTenant.map(({ action }) => action)).toEqual(["tenant.create"]);
    const before = (await ask({ to: new Date(START.getTime() + 90_000).toISOString(), limit: 200 })).items;
    expect(before.map(told)).not.toContain("node-a restarted");
  });

  it("finds under its group whatever it tells of, be it audited by a newer release, and what is rare beside what is not", async () => {
    const { db } = api.deps;
    const at = clock.now();
    const id = newId("alert");
    await db.write(platformScope, ({ client }) =>
      client.alert.create({
        data: {
          ...{ id, rule: "node_down", severity: "warning", state: "firing", dedupeKey: id, evidence: {} },
          ...{ subjectType: "node", subjectId: a, subjectName: "node-a", nodeId: a, poolId },
          ...{ what: "is down", sentence: "node-a is down.", startedAt: START, firedAt: START },
          resolvedAt: new Date(START.getTime() + 1000),
        },
      }),
    );
    const types = [
      "batch",
      "approval",
      "objective",
      "template",
      "recording",
      "recorded_case",
      "tools",
      "incident",
    ] as const;
    for (const type of types)
      await systemWrite(api.deps, "test", (ctx) =>
        audit(ctx, { action: `${type}.create`, object: { type, id: `${type}_1` }, tenantId: null }),
      );
    await db.write(platformScope, ({ client }) =>
      client.auditEntry.create({
        data: {
          ...{ id: newId("audit"), chain: "other", seq: 1, at, actor: { kind: "system", id: "x", label: "x" } },
          ...{
            action: "novelty.create",
            objectType: "novelty",
            objectId: "nov_1",
            requestId: "r",
            prevHash: "",
            hash: "h",
          },
        },
      }),
    );
    // more than a page of one kind, all newer than the alert
    for (let index = 0; index < 260; index += 1) {
      clock.advance(1);
      await happens(b, "restart", "noted", index);
    }
    const whole = await all({});
    const found = new Map<string, Change["group"]>();
    for (const group of CHANGE_GROUPS) for (const change of await all({ group })) found.set(change.id, change.group);
    expect([...found].sort()).toEqual(whole.map((change) => [change.id, change.group]).sort());
    const groups = new Map(whole.map(({ action, title, group }) => [action ?? title, group]));
    expect(Object.fromEntries([...types, "novelty"].map((type) => [type, groups.get(`${type}.create`)]))).toEqual({
      ...{ batch: "release", approval: "release", objective: "settings", incident: "alert" },
      ...{ template: "catalog", recording: "catalog", recorded_case: "catalog", tools: "catalog", novelty: "catalog" },
    });
    // a page that ends where an alert was over goes on from there
    expect(await all({ group: "alert", nodeId: a, limit: 1 })).toMatchObject([
      { id: `${id}-end`, title: "Alert over: node-a is down", objectId: id },
      { id, title: "Alert: node-a is down", objectId: id, nodeId: a, actor: null },
    ]);
  });

  it("tells an operator who changed a key, and what differs of it only to whom the audit trail is open", async () => {
    await api.keyWith(["platform:read"]);
    const operator = await api.clientWith(["platform:operate"]);
    const seen = async (client: typeof operator) =>
      (await client.call("GET /changes", { query: { group: "access", limit: 1 } })).items.map(({ actor, diff }) => [
        actor !== null,
        diff.length > 0,
      ]);
    expect(await seen(operator)).toEqual([[true, false]]);
    expect(await seen(api.admin)).toEqual([[true, true]]);
  });

  it("refuses a customer, a scope that is not there, an empty range and a foreign cursor", async () => {
    const customer = await api.clientWith(["tenant:admin"], acme);
    await expect(customer.call("GET /changes", { query: {} })).rejects.toMatchObject({ problem: { status: 403 } });
    await expect(ask({ nodeId: "node_00000000000000000000000000000000" })).rejects.toMatchObject({
      problem: { status: 404 },
    });
    for (const query of [{ from: "2026-11-25T12:00:00Z", to: "2026-11-24T12:00:00Z" }, { cursor: "bm9uZQ" }])
      await expect(ask(query)).rejects.toMatchObject({ problem: { status: 422 } });
  });
});
