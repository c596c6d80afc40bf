import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { newId } from "#lib/platform/ids.ts";
import { tenantScope } from "#lib/platform/scope.ts";
import { createIncidentWorld, type IncidentWorld } from "./testing/incident-world.ts";

let world: IncidentWorld;
let api: IncidentWorld["api"];
let clock: IncidentWorld["clock"];
let acme: IncidentWorld["acme"];
let globex: IncidentWorld["globex"];
let ago: IncidentWorld["ago"];
let send: IncidentWorld["send"];
let open: IncidentWorld["open"];
let show: IncidentWorld["show"];
beforeAll(async () => {
  world = await createIncidentWorld();
  ({ api, clock, acme, globex, ago, send, open, show } = world);
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const preview = (incidentId: string, template: string) =>
  api.admin.call("POST /incidents/{incidentId}/preview", { params: { incidentId }, body: { template } });
const publish = (
  { id: incidentId, generation }: { id: string; generation: number },
  texts: { tenantId: string; text: string }[],
) =>
  api.admin.call("POST /incidents/{incidentId}/updates", {
    params: { incidentId },
    generation,
    body: { status: "identified", texts },
  });
const updatesOf = async (tenantId: string) =>
  (await (await api.clientWith(["tenant:read"], tenantId)).call("GET /incident-updates", { query: {} })).items;

describe("what customers are told", () => {
  const TEXT = "Since {start}, {requests} requests of {tenant} failed in {minutes} minutes.";

  it("is previewed for each in their own words, published as it was seen, and read by nobody else", async () => {
    await send(3, 10, { status: 500 });
    await send(1, 10, { ...globex, fallbackReason: "no_node" });
    const incident = await open();
    const { items } = await preview(incident.id, TEXT);
    const since = ago(20).toISOString().slice(11, 16);
    expect(items).toEqual([
      {
        tenantId: acme.tenantId,
        tenantName: "acme",
        requests: expect.objectContaining({ value: 3, source: "measured" }),
        text: `Since ${since} UTC, 3 requests of acme failed in 1 minutes.`,
        faults: [],
      },
      {
        tenantId: globex.tenantId,
        tenantName: "globex",
        requests: expect.objectContaining({ value: 1 }),
        text: `Since ${since} UTC, 1 requests of globex failed in 1 minutes.`,
        faults: [],
      },
    ]);
    const texts = items.map(({ tenantId, text }) => ({ tenantId, text }));
    const published = await publish(incident, texts);
    expect(published.published).toMatchObject([{ status: "identified", by: "key ADMIN_API_KEY", texts: [{}, {}] }]);
    expect(await problemOf(publish(incident, texts))).toMatchObject({ code: "stale" });
    const mine = await updatesOf(acme.tenantId);
    expect(mine).toEqual([
      {
        id: expect.stringMatching(/^inu_/),
        incidentId: incident.id,
        tenantId: acme.tenantId,
        status: "identified",
        text: texts[0]?.text,
        startedAt: incident.startedAt,
        publishedAt: clock.now().toISOString(),
      },
    ]);
    expect(await updatesOf(globex.tenantId)).toMatchObject([{ tenantId: globex.tenantId }]);
  });

  it("is out of another tenant's reach in the database itself, and so is everything else of an incident", async () => {
    const incident = await open({ tenantIds: [acme.tenantId] });
    await publish(incident, [{ tenantId: acme.tenantId, text: "We are looking into it." }]);
    const rows = (tenantId: string) =>
      api.deps.db.read(tenantScope(tenantId), ({ client }) =>
        client.$queryRawUnsafe<object[]>('SELECT "id", "tenantId" FROM "IncidentUpdate"'),
      );
    expect(await rows(globex.tenantId)).toEqual([]);
    expect(await rows(acme.tenantId)).toMatchObject([{ tenantId: acme.tenantId }]);
    const denied = (sql: string) =>
      expect(
        api.deps.db.write(tenantScope(acme.tenantId), ({ client }) => client.$executeRawUnsafe(sql)),
      ).rejects.toThrow(/permission denied|denied/i);
    for (const table of ["Incident", "IncidentTenant", "IncidentAlert", "IncidentEvent"])
      await denied(`SELECT * FROM "${table}"`);
    await denied('SELECT "by" FROM "IncidentUpdate"');
    await denied(`UPDATE "IncidentUpdate" SET "text" = 'mine'`);
    await denied('DELETE FROM "IncidentUpdate"');
    const client = await api.clientWith(["tenant:admin"], globex.tenantId);
    const asked = client.call("GET /incident-updates", { query: { tenantId: acme.tenantId } });
    expect(await problemOf(asked)).toMatchObject({ status: 404 });
    expect(await problemOf(client.call("GET /incidents", { query: {} }))).toMatchObject({ status: 403 });
  });

  it("names nobody else, no node and no address; the refusal says which word, and nothing is published", async () => {
    await send(1, 10, { status: 500 });
    const incident = await open();
    const bad = [
      "Globex is hit, too.",
      "We restart node-1 now.",
      "http://10.0.0.7:8000 is down.",
      "Since {start} it fails.",
    ];
    const words = ["Globex", "node-1", "10.0.0.7", "{start}"];
    for (const [index, text] of bad.entries()) {
      const problem = await problemOf(publish(incident, [{ tenantId: acme.tenantId, text }]));
      expect(problem).toMatchObject({ status: 422, errors: expect.arrayContaining([expect.anything()]) });
      expect(problem.errors[0]).toMatchObject({ field: "texts.0.text", code: "foreign_word" });
      const told = problem.errors.map(({ message }) => message.toLowerCase()).join(" ");
      expect(told).toContain(words[index]?.toLowerCase());
      expect(problem.errors[0]?.fix).toMatch(/\S/);
    }
    const one = { tenantId: acme.tenantId, text: "We are looking into it." };
    for (const texts of [[one, one], [{ ...one, tenantId: newId("tenant") }]])
      expect(await problemOf(publish(incident, texts))).toMatchObject({
        errors: [{ field: expect.stringMatching(/^texts\.\d\.tenantId$/) }],
      });
    expect(await preview(incident.id, "As with globex, it is slow.")).toMatchObject({
      items: [{ tenantName: "acme", faults: [{ word: "globex" }] }],
    });
    expect(await problemOf(preview(incident.id, "It is {slow} again."))).toMatchObject({
      errors: [{ field: "template", code: "unknown_placeholder", message: expect.stringContaining("{slow}") }],
    });
    expect(await updatesOf(acme.tenantId)).toEqual([]);
    expect((await show(incident.id)).generation).toBe(incident.generation);
  });

  it("is never told of a draft, nor by who may only read", async () => {
    const draft = await open({ asDraft: true, tenantIds: [acme.tenantId] });
    const texts = [{ tenantId: acme.tenantId, text: "We are looking into it." }];
    expect(await problemOf(publish(draft, texts))).toMatchObject({ code: "wrong_state" });
    const viewer = await api.clientWith(["platform:read"]);
    expect((await viewer.call("GET /incidents", { query: {} })).items).toHaveLength(1);
    const params = { incidentId: draft.id };
    const refused = [
      () => open({}, viewer),
      () => viewer.call("POST /incidents/{incidentId}/accept", { params }),
      () =>
        viewer.call("POST /incidents/{incidentId}/updates", {
          params,
          generation: draft.generation,
          body: { status: "resolved", texts },
        }),
    ];
    for (const call of refused) expect(await problemOf(call())).toMatchObject({ status: 403 });
  });
});
