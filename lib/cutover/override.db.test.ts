import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, createClient } from "#lib/api/client.ts";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { createShareWorld, OVERRIDE, type ShareWorld } from "./testing/share-world.ts";

let world: ShareWorld;
beforeAll(async () => {
  world = await createShareWorld();
});
afterAll(() => world.close());

const FIRST_ADMIN = "admin@example.com";
const start = (
  adapterId: string,
  body: { toVersionId: string; overrideReason?: string; confirmTenant?: string; adopted?: boolean },
) => world.admin.call("POST /adapters/{adapterId}/cutovers", { params: { adapterId }, body });
const gateOf = (versionId: string) => world.admin.call("GET /versions/{versionId}/gate", { params: { versionId } });
const change = (table: "pool" | "evalRun" | "user", data: object, where: object = {}) =>
  world.db.write(platformScope, ({ client }) =>
    // one call for three tables: the test says which rows
    (client[table] as { updateMany(change: object): Promise<unknown> }).updateMany({ where, data }),
  );

/** A tenant whose version has a pass that nobody doubts. */
async function passed(slug: string) {
  const ids = await world.addTenant(slug, 10);
  await world.passGate(ids.versionId);
  return ids;
}

describe("a pass", () => {
  it("lets a version go live as long as nothing changed that can change an answer", async () => {
    const { adapterId, versionId } = await passed("steady");
    expect(await gateOf(versionId)).toMatchObject({ outcome: "pass", expired: [] });
    await change("pool", { maxLoras: 15 });
    expect(await gateOf(versionId)).toMatchObject({
      outcome: "pass",
      expired: [expect.stringMatching(/^The pool's max_loras changed: \d+ → 15\.$/)],
    });
    expect(await problemOf(start(adapterId, { toVersionId: versionId }))).toMatchObject({
      code: "gate_expired",
      errors: [{ field: "toVersionId", fix: "Run the gate again under what is so now." }],
    });
  });

  it("expires with a newer revision of its suite", async () => {
    const { tenantId, versionId } = await passed("revised");
    const params = { tenantId };
    await world.admin.call("POST /tenants/{tenantId}/suites", { params, body: { name: "Gate", count: 12 } });
    expect((await gateOf(versionId)).expired).toEqual(["The suite Gate has a newer revision: 1 → 2."]);
  });

  it("is shown to staff, and no version of nobody's", async () => {
    const { tenantId, versionId } = await passed("shown");
    const customer = await world.api.clientWith(["tenant:read"], tenantId);
    const read = (client: typeof world.admin, id: string) =>
      client.call("GET /versions/{versionId}/gate", { params: { versionId: id } });
    expect(await problemOf(read(customer, versionId))).toMatchObject({ status: 403 });
    expect(await problemOf(read(world.admin, "ver_0000"))).toMatchObject({ status: 404 });
    const operator = await world.api.clientWith(["platform:read"]);
    expect(await read(operator, versionId)).toMatchObject({ outcome: "pass", requestedBy: "test" });
  });
});

describe("setting a gate aside", () => {
  /** A version that did not pass, in a run that the caller started. */
  async function failedByCaller(slug: string) {
    const ids = await passed(slug);
    await change("evalRun", { requestedBy: "key ADMIN_API_KEY" }, { candidateVersionId: ids.versionId });
    await world.db.write(platformScope, ({ client }) =>
      client.verdict.updateMany({ where: { versionId: ids.versionId }, data: { outcome: "fail" } }),
    );
    return { ...ids, body: { toVersionId: ids.versionId, overrideReason: OVERRIDE } };
  }

  /** The API as a platform admin's browser sees it. */
  async function browserOf(email: string): Promise<Client> {
    const { id, name } = await world.db.read(platformScope, ({ client }) =>
      client.user.findUniqueOrThrow({ where: { email }, select: { id: true, name: true } }),
    );
    const actor = { kind: "user" as const, userId: id, sessionId: "", email, name, memberships: [] };
    return createClient({
      baseUrl: "http://localhost",
      fetch: (input, init) => {
        world.api.signInAs({ ...actor, staffRole: "platform_admin" });
        const headers = new Headers(init?.headers);
        headers.set("host", "localhost");
        headers.set("origin", "http://localhost");
        return world.api.fetch(String(input).replace("http://localhost", ""), { ...init, headers });
      },
    });
  }
  const addAdmin = (email: string) =>
    world.admin.call("POST /users", {
      body: { email, name: "Second", password: "a password of some length", staffRole: "platform_admin" },
    });
  const override = async (email: string, adapterId: string, body: Parameters<typeof start>[1]) =>
    (await browserOf(email)).call("POST /adapters/{adapterId}/cutovers", { params: { adapterId }, body });
  const dayAgo = () => new Date(Date.now() - 24 * 3_600_000);

  it("is not for the first admin where ADMIN_API_KEY started the run, nor for whoever it added within a day", async () => {
    const { adapterId, body } = await failedByCaller("one-person");
    await change("user", { disabledAt: new Date() });
    await change("user", { disabledAt: null }, { email: FIRST_ADMIN });
    await addAdmin("second@example.com");
    for (const email of [FIRST_ADMIN, "second@example.com"]) {
      const problem = await problemOf(override(email, adapterId, body));
      expect(problem.errors[0]).toMatchObject({ field: "confirmTenant", code: "not_confirmed" });
      expect(problem.errors[0]?.message).toMatch(/^key ADMIN_API_KEY started .* counts as the same person as you\./);
    }
    const problem = await problemOf(override(FIRST_ADMIN, adapterId, body));
    expect(problem.errors[0]?.fix).toMatch(
      /Or wait: second@example\.com may approve it from \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/,
    );

    await change("user", { createdAt: dayAgo() }, { email: "second@example.com" });
    expect(await problemOf(override(FIRST_ADMIN, adapterId, body))).toMatchObject({
      code: "override_by_starter",
      errors: [{ fix: "Ask another platform admin: second@example.com." }],
    });
    expect(await override("second@example.com", adapterId, body)).toMatchObject({ selfApproved: false });
  });

  it("is not for a key of the admin who started the run", async () => {
    const { adapterId, versionId, body } = await failedByCaller("own-key");
    await change("evalRun", { requestedBy: FIRST_ADMIN }, { candidateVersionId: versionId });
    const browser = await browserOf(FIRST_ADMIN);
    const { key } = await browser.call("POST /keys", { body: { name: "ci", scopes: ["platform:admin"] } });
    const reply = await world.api.fetch(`/api/v1/adapters/${adapterId}/cutovers`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect([409, 422]).toContain(reply.status);
    expect(await reply.text()).toContain(`${FIRST_ADMIN} started the evaluation`);
  });

  it("is for another admin than the one who started the run, while there is one", async () => {
    const { adapterId, body } = await failedByCaller("foursome");
    await change("user", { staffRole: "platform_admin", disabledAt: null });
    const problem = await problemOf(start(adapterId, body));
    expect(problem).toMatchObject({ status: 409, code: "override_by_starter" });
    expect(problem.errors[0]?.fix).toMatch(/^Ask another platform admin: \S+@\S+\.$/);
    const other = await world.api.clientWith(["platform:admin"]);
    const cutover = await other.call("POST /adapters/{adapterId}/cutovers", { params: { adapterId }, body });
    expect(cutover).toMatchObject({ overrideReason: OVERRIDE, selfApproved: false });
  });

  it("takes the tenant's slug of who is alone, and is marked as self-approved for good", async () => {
    const { adapterId, body } = await failedByCaller("alone");
    await change("user", { disabledAt: new Date() });
    for (const confirmTenant of [undefined, "", "Alone", "other"]) {
      const problem = await problemOf(
        start(adapterId, { ...body, ...(confirmTenant === undefined ? {} : { confirmTenant }) }),
      );
      expect(problem.errors[0]).toMatchObject({ field: "confirmTenant", fix: expect.stringContaining("alone") });
    }
    const cutover = await start(adapterId, { ...body, confirmTenant: "alone" });
    expect(cutover).toMatchObject({ overrideReason: OVERRIDE, selfApproved: true });
    const [entry] = (await world.admin.call("GET /audit", { query: { objectId: cutover.id } })).items;
    expect(entry).toMatchObject({ action: "cutover.override", reason: OVERRIDE, after: { selfApproved: true } });
  });
});

describe("a version that served its customer elsewhere", () => {
  it("is adopted while nothing is live and no gate was judged, which is told apart from an override", async () => {
    const adopt = { overrideReason: OVERRIDE, adopted: true };
    const { adapterId, versionId } = await world.addTenant("moved", 10);
    expect(await start(adapterId, { toVersionId: versionId, ...adopt })).toMatchObject({
      adopted: true,
      overrideReason: OVERRIDE,
    });
    const judged = await passed("judged");
    const refused = start(judged.adapterId, { toVersionId: judged.versionId, ...adopt });
    expect(await problemOf(refused)).toMatchObject({
      status: 422,
      errors: [{ field: "adopted", code: "not_adoptable" }],
    });
    const plain = { toVersionId: judged.versionId };
    expect(await start(judged.adapterId, plain)).toMatchObject({ adopted: false, overrideReason: null });
  });
});
