import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/identity/actor.ts";
import { type Action, isNodeKey, roleCan } from "#lib/identity/policy.ts";
import { type KeyScope, NODE_KEY_SCOPE } from "#lib/identity/schema.ts";
import { platformScope, type Scope, tenantScope } from "#lib/platform/scope.ts";
import { type AnyRoute, allRoutes, type Sender, sendRoute } from "./testing/send-route.ts";
import type { TestApi } from "./testing/test-api.ts";
import { absentIds, createTwoTenants, type TwoTenants } from "./testing/two-tenants.ts";

/**
 * Who may call what, generated from the routes: a new endpoint is in here the moment it is declared. What is expected
 * comes from `roleCan`; what is answered comes from the API.
 */
let both: TwoTenants;
let api: TestApi;
let callers: Caller[];
let cases = 0;

type Caller = { name: string; sender: Sender; actor: Actor; scope: Scope };

beforeAll(async () => {
  both = await createTwoTenants();
  api = both.world.api;
  const { alpha, beta } = both;
  callers = await Promise.all([
    keyCaller("platform admin", ["platform:admin"], null),
    keyCaller("operator", ["platform:operate"], null),
    keyCaller("auditor", ["platform:read"], null),
    keyCaller("trusted gateway key", ["gateway:trusted"], null),
    keyCaller("metrics key", ["metrics:read"], null),
    keyCaller("tenant admin of alpha", ["tenant:admin"], alpha.tenantId),
    keyCaller("tenant viewer of alpha", ["tenant:read"], alpha.tenantId),
    keyCaller("inference key of alpha", ["inference"], alpha.tenantId),
    keyCaller("tenant admin of beta", ["tenant:admin"], beta.tenantId),
    nodeCaller(),
  ]);
});
afterAll(() => both.close());

async function keyCaller(name: string, scopes: KeyScope[], tenantId: string | null): Promise<Caller> {
  const key = await api.keyWith(scopes, tenantId);
  const scope = tenantId === null ? platformScope : tenantScope(tenantId);
  return { name, sender: { key }, actor: { kind: "key", keyId: "key_x", name, tenantId, scopes }, scope };
}
/** The key that a node fetches adapters with. */
async function nodeCaller(): Promise<Caller> {
  const { id: nodeId } = both.world.node;
  const { key } = await api.admin.call("POST /nodes/{nodeId}/key", { params: { nodeId } });
  const name = "key of a node";
  const actor: Actor = { kind: "key", keyId: "key_x", name, tenantId: null, nodeId, scopes: [NODE_KEY_SCOPE] };
  return { name, sender: { key }, actor, scope: platformScope };
}
const callersOf = (tenant: string) => callers.filter(({ name }) => name.endsWith(` of ${tenant}`));
const mayCall = ({ actor, scope }: Caller, { def: { action } }: AnyRoute): boolean =>
  action === "public" || (action === "signed_in" ? !isNodeKey(actor) : roleCan(actor, action as Action, scope));
const takesParams = ({ signature }: AnyRoute) => /\{(?!metric)\w+\}/.test(signature);

describe("every route", () => {
  it.each(allRoutes.map((route) => [route.signature, route] as const))("%s", async (_signature, route) => {
    const unsigned = await sendRoute(api, route, { sender: null, ids: absentIds() });
    expect(unsigned.status, "nobody").toBe(401);
    cases += 1;
    for (const caller of callers) {
      const { status } = await sendRoute(api, route, { sender: caller.sender, ids: absentIds() });
      cases += 1;
      if (!mayCall(caller, route)) expect([403, 404], `${caller.name} may not: ${status}`).toContain(status);
      else {
        expect([401, 403], `${caller.name} may: ${status}`).not.toContain(status);
        expect(status, caller.name).toBeLessThan(500);
        if (takesParams(route)) expect(status, `${caller.name}, absent`).toBeGreaterThanOrEqual(400);
      }
    }
  });

  it("was tried by everyone", () => {
    expect(cases).toBe(allRoutes.length * (callers.length + 1));
    expect(cases).toBeGreaterThan(300);
  });
});

describe("another tenant's belongings", () => {
  const owned = allRoutes.filter(takesParams);
  const staffIds = () => ({ ...absentIds(), poolId: both.world.poolId, nodeId: both.world.node.id });
  const everythingOf = (ids: TwoTenants["beta"]) =>
    api.deps.db.read(platformScope, async ({ client }) => {
      const where = { tenantId: ids.tenantId };
      const rows = [
        await client.tenant.findMany({ where: { id: ids.tenantId } }),
        await client.adapter.findMany({ where, include: { route: true } }),
        await client.adapterVersion.findMany({ where, include: { files: true } }),
        await client.placement.findMany({ where, include: { holds: true } }),
        await client.evalSuite.findMany({ where }),
        await client.evalRun.findMany({ where }),
        await client.cutover.findMany({ where }),
        await client.approval.findMany({ where }),
        await client.recording.findMany({ where }),
        await client.recordedCase.findMany({ where }),
        await client.apiKey.findMany({ where }),
        await client.auditEntry.findMany({ where }),
      ];
      return JSON.stringify(rows, (_key, value) => (typeof value === "bigint" ? value.toString() : value));
    });
  const answerTo = async (route: AnyRoute, sender: Sender, ids: Record<string, string>) => {
    const response = await sendRoute(api, route, { sender, ids });
    const { requestId: _requestId, ...body } = await response.json();
    return { status: response.status, body };
  };

  it("are absent for whoever names them, on every route that takes an id, and stay as they are", async () => {
    const before = await everythingOf(both.beta);
    let tried = 0;
    for (const route of owned)
      for (const caller of callersOf("alpha")) {
        const foreign = await answerTo(route, caller.sender, { ...staffIds(), ...both.beta });
        const absent = await answerTo(route, caller.sender, absentIds());
        expect([403, 404], `${caller.name}: ${route.signature}`).toContain(foreign.status);
        expect(foreign, `${caller.name}: ${route.signature} tells foreign from absent`).toEqual(absent);
        tried += 1;
      }
    expect(tried).toBe(owned.length * 3);
    expect(tried).toBeGreaterThan(100);
    expect(await everythingOf(both.beta)).toBe(before);
  });

  it("are out of reach for one's own objects with a foreign part, too", async () => {
    const { alpha, beta } = both;
    for (const caller of callersOf("alpha")) {
      const route = allRoutes.find(({ signature }) => signature === "GET /runs/{runId}/samples/{caseId}");
      if (!route) throw new Error("the route is gone");
      const ids = { runId: alpha.runId, caseId: beta.caseId };
      expect([403, 404]).toContain((await sendRoute(api, route, { sender: caller.sender, ids })).status);
    }
  });

  it("never stand in a list, whatever the filter says", async () => {
    const { beta } = both;
    const filters = [
      "",
      ...filtersOf(beta),
      `?poolId=${both.world.poolId}`,
      `?nodeId=${both.world.node.id}`,
      "?q=beta",
    ];
    const lists = allRoutes.filter((route) => route.signature.startsWith("GET") && !takesParams(route));
    const foreignIds = [...Object.values(beta), '"beta"'];
    let seen = 0;
    for (const route of lists)
      for (const caller of callersOf("alpha"))
        for (const query of filters) {
          const response = await sendRoute(api, route, { sender: caller.sender, ids: {}, query });
          expect(response.status, `${route.signature}${query}`).toBeLessThan(500);
          const text = (await response.text()).replaceAll(query.split("=")[1] || "\n", ""); // an error may quote it
          for (const id of foreignIds) expect(text, `${caller.name}: ${route.signature}${query}`).not.toContain(id);
          if (response.ok) seen += 1;
        }
    expect(seen).toBeGreaterThan(50);
  });

  it("are listed for their own tenant: the lists above are not just empty", async () => {
    const lists = [
      "/adapters",
      "/versions",
      "/placements",
      "/suites",
      "/runs",
      "/cutovers",
      "/approvals",
      "/requests",
      "/incident-updates",
    ] as const;
    const expected = [
      "adapterId",
      "versionId",
      "placementId",
      "suiteId",
      "runId",
      "cutoverId",
      "approvalId",
      "requestId",
      "incidentId",
    ] as const;
    for (const caller of [callersOf("beta")[0], callers[0]])
      for (const [index, path] of lists.entries()) {
        const headers = { authorization: `Bearer ${caller && "key" in caller.sender ? caller.sender.key : ""}` };
        const text = await (await api.fetch(`/api/v1${path}`, { headers })).text();
        expect(text, `${caller?.name}: ${path}`).toContain(both.beta[expected[index] ?? "tenantId"]);
      }
  });
});

describe("the provider's people", () => {
  it("are named to no customer, by whatever it may read", async () => {
    const { alpha } = both;
    const { runId, cutoverId, adapterId } = alpha;
    await api.admin.call("POST /runs/{runId}/pause", { params: { runId } });
    await api.admin.call("POST /adapters/{adapterId}/recording/end", { params: { adapterId }, body: {} });
    const cutover = await api.admin.call("GET /cutovers/{cutoverId}", { params: { cutoverId } });
    expect(cutover.requestedBy).toBe(STAFF);
    let told = 0;
    for (const route of allRoutes.filter(({ signature }) => signature.startsWith("GET")))
      for (const { name, sender } of callersOf("alpha")) {
        const response = await sendRoute(api, route, { sender, ids: { ...absentIds(), ...alpha } });
        if (!response.ok) continue;
        const text = await response.text();
        expect(text, `${name}: ${route.signature}`).not.toContain(STAFF);
        if (text.includes("Your provider")) told += 1;
      }
    // runs, cutovers, versions, their details, the report and the recording, to its admin and its viewer
    expect(told).toBe(2 * 8);
  });
});

/** The key that the world's own admin calls with, as histories name it. */
const STAFF = "key ADMIN_API_KEY";

const filtersOf = (ids: TwoTenants["beta"]) =>
  (["tenantId", "adapterId", "versionId", "suiteId", "runId"] as const).map((name) => `?${name}=${ids[name]}`);

describe("a person of one tenant", () => {
  const person = (): Actor => ({
    kind: "user",
    userId: "usr_1",
    sessionId: "ses_1",
    email: "ann@alpha.example",
    name: "Ann",
    staffRole: null,
    memberships: [{ tenantId: both.alpha.tenantId, role: "tenant_admin" }],
  });
  const browser = { host: "localhost", origin: "http://localhost" };

  it("acts in it, and cannot choose another by header", async () => {
    api.signInAs(person());
    const list = (tenantId: string) =>
      api.fetch("/api/v1/adapters", { headers: { ...browser, "x-switchyard-tenant": tenantId } });
    const mine = await list(both.alpha.tenantId);
    expect(mine.status).toBe(200);
    expect(await mine.text()).not.toContain(both.beta.adapterId);
    expect((await list(both.beta.tenantId)).status).toBe(403);
    api.signInAs(null);
  });

  it("is told that another tenant's belongings do not exist, on every route that takes an id", async () => {
    api.signInAs(person());
    const ids = { ...absentIds(), ...both.beta, poolId: both.world.poolId, nodeId: both.world.node.id };
    for (const route of allRoutes.filter(takesParams)) {
      const { status } = await sendRoute(api, route, { sender: { headers: browser }, ids });
      expect([403, 404], route.signature).toContain(status);
    }
    api.signInAs(null);
  });
});
