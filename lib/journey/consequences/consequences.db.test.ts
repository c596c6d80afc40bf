import { afterAll, beforeAll, expect, it } from "vitest";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { type ControlWorld, createControlWorld } from "#lib/fleet/testing/control-world.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeTrace } from "#lib/requests/testing/make-trace.ts";
import { recordRequests } from "#lib/requests/testing/record-requests.ts";
import type { AskConsequences } from "../browser/consequences-schema.ts";

let world: ControlWorld;
let acme: Awaited<ReturnType<ControlWorld["addLiveTenant"]>>;
beforeAll(async () => {
  world = await createControlWorld();
  acme = await world.addLiveTenant("acme");
});
afterAll(() => world.close());

const ask = (body: AskConsequences) => world.admin.call("POST /consequences", { body });

it("says unknown until a gateway reports, then counts the last hour's requests", async () => {
  const [nodeId] = world.nodeIds;
  const before = await ask({ action: "drain", nodeId });
  expect(before.requestsLastHour.value).toBeNull();
  expect(before.predicted[0]).toMatch(/unknown: no gateway has reported/);

  const { adapterId } = await world.api.admin.call("GET /versions/{versionId}", {
    params: { versionId: acme.liveId },
  });
  const of = { tenantId: acme.tenantId, adapterId, versionId: acme.liveId, nodeId };
  const ago = (minutes: number) => new Date(world.clock.now().getTime() - minutes * 60_000);
  const trace = (minutesAgo: number, kind: "user" | "eval" = "user") =>
    makeTrace({ id: newId("request"), ...of, kind, arrivedAt: ago(minutesAgo), endedAt: ago(minutesAgo) });
  await recordRequests(world.api.deps.db, [trace(1), trace(2), trace(30), trace(61), trace(5, "eval")]);
  expect(await ask({ action: "drain", nodeId })).toMatchObject({
    requestsLastHour: { value: 3, unit: "requests", source: "measured" },
    tenants: { count: 1, names: ["acme"] },
    withoutAnswer: { count: 0 },
    changes: [{ from: "1 adapter, 6 requests an hour" }, { what: "node-2", to: "1 in use at peak" }],
    blockers: [],
  });
  expect(await ask({ action: "serve_previous", tenantId: acme.tenantId })).toMatchObject({
    changes: [{ what: "support-bot", from: "version 2", to: "version 1, on 2 of 2 nodes" }],
    requestsLastHour: { value: 3 },
  });
});

it("tells what stands in the way, as starting it would", async () => {
  const bare = await world.admin.call("POST /tenants", { body: { slug: "bare", name: "Bare", fallback: "reject" } });
  const told = await ask({ action: "serve_fallback", tenantId: bare.id });
  const refused = await problemOf(
    world.admin.call("POST /controls", { body: { kind: "serve_fallback", tenantId: bare.id, reason: "Try it." } }),
  );
  expect(told.blockers).toEqual([{ reason: refused.code, message: refused.detail, fix: refused.fix }]);
  const { id: controlId } = await world.admin.call("POST /controls", {
    body: { kind: "freeze", reason: "Look first." },
  });
  expect((await ask({ action: "freeze" })).blockers).toMatchObject([{ reason: "already_in_force" }]);
  await world.admin.call("POST /controls/{controlId}/revert", { params: { controlId }, body: {} });
});

it("counts what a freeze would hold", async () => {
  const { items } = await world.admin.call("GET /adapters", { query: { tenantId: acme.tenantId } });
  const adapterId = items[0]?.id ?? "";
  const cutover = await world.admin.call("POST /adapters/{adapterId}/cutovers", {
    params: { adapterId },
    body: { toVersionId: acme.previousId, overrideReason: "It served well before." },
  });
  expect(await ask({ action: "freeze" })).toMatchObject({
    changes: [{ what: "1 cutover under way", from: "pending" }, { what: "0 evaluations" }],
    tenants: { names: ["acme"] },
  });
  await world.admin.call("POST /cutovers/{cutoverId}/abort", { params: { cutoverId: cutover.id }, body: {} });
});

it("refuses what it cannot answer, by field, and what is not there", async () => {
  expect(await problemOf(ask({ action: "shed" }))).toMatchObject({ status: 422, errors: [{ field: "tenantId" }] });
  expect(await problemOf(ask({ action: "uncordon" }))).toMatchObject({ status: 422, errors: [{ field: "nodeId" }] });
  expect(await problemOf(ask({ action: "shed", tenantId: newId("tenant") }))).toMatchObject({ status: 404 });
  expect(await problemOf(ask({ action: "drain", nodeId: newId("node") }))).toMatchObject({ status: 404 });
});

it("is for staff, who may only read included", async () => {
  const auditor = await world.api.clientWith(["platform:read"]);
  const customer = await world.api.clientWith(["tenant:admin"], acme.tenantId);
  const body = { action: "shed", tenantId: acme.tenantId } as const;
  expect((await auditor.call("POST /consequences", { body })).withoutAnswer.count).toBe(1);
  expect(await problemOf(customer.call("POST /consequences", { body }))).toMatchObject({ status: 403 });
});
