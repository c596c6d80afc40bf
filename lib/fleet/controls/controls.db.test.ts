import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { runningLoop } from "#lib/api/testing/running-loop.ts";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { isTakenOut } from "#lib/gateway/routing/controls-in-force.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { ControlKind } from "../browser/control-kinds.ts";
import { type ControlWorld, createControlWorld } from "../testing/control-world.ts";
import { mortalDeps } from "../testing/mortal-deps.ts";
import { runControlLoop } from "./control-loop.ts";

let world: ControlWorld;
let acme: Awaited<ReturnType<ControlWorld["addLiveTenant"]>>;
beforeAll(async () => {
  world = await createControlWorld();
  acme = await world.addLiveTenant("acme");
});
afterAll(() => world.close());
afterEach(async () => {
  for (const { id } of (await list({ active: "true" })).items) await revert(id);
  for (const nodeId of world.nodeIds) await world.admin.call("POST /nodes/{nodeId}/uncordon", { params: { nodeId } });
});

const MINUTE = 60_000;
const reason = "A bad minute.";
type On = { tenantId?: string; nodeId?: string; minutes?: number };
const start = (kind: ControlKind, on: On = {}) => world.admin.call("POST /controls", { body: { kind, reason, ...on } });
const list = (query: { active?: "true" | "false"; tenantId?: string; nodeId?: string } = {}) =>
  world.admin.call("GET /controls", { query });
const read = async (id: string) => (await list()).items.find((control) => control.id === id);
const revert = (controlId: string) =>
  world.admin.call("POST /controls/{controlId}/revert", { params: { controlId }, body: {} });
const renew = (controlId: string, minutes: number) =>
  world.admin.call("POST /controls/{controlId}/renew", { params: { controlId }, body: { minutes } });
const show = (nodeId: string) => world.admin.call("GET /nodes/{nodeId}", { params: { nodeId } });
const auditOf = async (objectId: string) =>
  (await world.admin.call("GET /audit", { query: { objectId } })).items.map(({ action }) => action);
/** As the gateway judges: the row's own time counts. */
const inForceAtGateway = async () => {
  const now = world.clock.now();
  return (await world.snapshot()).controls.filter(({ expiresAt }) => expiresAt > now).map(({ kind }) => kind);
};
const servesAtGateway = async (nodeId: string) => {
  const snapshot = await world.snapshot();
  return snapshot.nodes.get(nodeId)?.closedBecause === null && !isTakenOut(nodeId, snapshot, world.clock.now());
};

describe("a control of a tenant", () => {
  it.each(["serve_previous", "serve_fallback", "shed"] as const)(
    "%s is in force until it is reverted",
    async (kind) => {
      const control = await start(kind, { tenantId: acme.tenantId, minutes: 5 });
      expect(control).toMatchObject({ kind, tenantName: "acme", active: true, reason, renewedBy: null, endedAt: null });
      expect(Date.parse(control.expiresAt) - Date.parse(control.startedAt)).toBe(5 * MINUTE);
      expect(await inForceAtGateway()).toEqual([kind]);
      expect((await list({ active: "true", tenantId: acme.tenantId })).items).toMatchObject([{ id: control.id }]);
      expect(await revert(control.id)).toMatchObject({ active: false, endedBy: "key ADMIN_API_KEY" });
      expect(await inForceAtGateway()).toEqual([]);
      expect(await auditOf(control.id)).toEqual(["control.revert", "control.start"]);
      expect(await problemOf(revert(control.id))).toMatchObject({ status: 409, code: "control_over" });
    },
  );

  it("is set once, however often it is asked for at the same time", async () => {
    const asks = [1, 2, 3].map(() => start("shed", { tenantId: acme.tenantId }));
    const outcomes = await Promise.allSettled(asks);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const again = await problemOf(start("shed", { tenantId: acme.tenantId }));
    expect(again).toMatchObject({
      status: 409,
      code: "already_in_force",
      fix: expect.stringMatching(/^Extend that one, or end it first \(ctl_/),
    });
    expect((await list({ active: "true" })).items).toHaveLength(1);
  });

  it("has one effect under one Idempotency-Key", async () => {
    const send = async () => {
      const response = await world.api.fetch("/api/v1/controls", {
        method: "POST",
        headers: {
          authorization: `Bearer ${world.api.adminKey}`,
          "content-type": "application/json",
          "idempotency-key": "a-double-click",
        },
        body: JSON.stringify({ kind: "shed", tenantId: acme.tenantId, reason }),
      });
      return { status: response.status, body: await response.json() };
    };
    const first = await send();
    expect(first.status).toBe(201);
    expect(await send()).toEqual(first);
    expect(await auditOf(first.body.id)).toEqual(["control.start"]);
  });

  it("is refused where it would change nothing, with what to do instead", async () => {
    const bare = await world.admin.call("POST /tenants", { body: { slug: "bare", name: "Bare", fallback: "reject" } });
    expect(await problemOf(start("serve_previous", { tenantId: bare.id }))).toMatchObject({
      status: 409,
      code: "no_previous_version",
      fix: "Serve its fallback instead.",
    });
    expect(await problemOf(start("serve_fallback", { tenantId: bare.id }))).toMatchObject({ code: "fallback_rejects" });
    await world.admin.call("POST /nodes/{nodeId}/cordon", { params: { nodeId: world.nodeIds[0] } });
    expect((await start("serve_previous", { tenantId: acme.tenantId })).active).toBe(true);
  });
});

describe("its time", () => {
  it("is up without any worker, and can be moved until then", async () => {
    const control = await start("shed", { tenantId: acme.tenantId, minutes: 10 });
    world.clock.leap(9 * MINUTE);
    expect(await renew(control.id, 10)).toMatchObject({ active: true, renewedBy: "key ADMIN_API_KEY" });
    world.clock.leap(9 * MINUTE);
    expect(await inForceAtGateway()).toEqual(["shed"]);
    world.clock.leap(MINUTE);
    expect(await inForceAtGateway()).toEqual([]);
    expect(await read(control.id)).toMatchObject({ active: false, endedAt: null });
    expect(await problemOf(renew(control.id, 10))).toMatchObject({ status: 409, code: "control_over" });
    expect((await start("shed", { tenantId: acme.tenantId })).active).toBe(true);
    await world.turn();
    expect(await read(control.id)).toMatchObject({ endedBy: null, endReason: "Time was up." });
    expect(await auditOf(control.id)).toEqual(["control.expire", "control.renew", "control.start"]);
  });

  it("ends by the loop, which wakes when one begins and stops with its signal", async () => {
    const { id } = await start("cordon", { nodeId: world.nodeIds[0], minutes: 5 });
    const loop = runningLoop((signal) => runControlLoop(world.api.deps, signal));
    world.clock.leap(5 * MINUTE);
    const other = await start("shed", { tenantId: acme.tenantId });
    await vi.waitFor(async () => expect(await read(id)).toMatchObject({ endReason: "Time was up." }), 10_000);
    await loop.stop();
    expect((await show(world.nodeIds[0])).cordoned).toBe(false);
    expect(await read(other.id)).toMatchObject({ active: true });
  });

  it.each(["before", "after"] as const)("is up once, though workers die %s each of their effects", async (moment) => {
    const cordon = await start("cordon", { nodeId: world.nodeIds[0], minutes: 5 });
    const shed = await start("shed", { tenantId: acme.tenantId, minutes: 5 });
    world.clock.leap(5 * MINUTE);
    for (let n = 1; n <= 4; n += 1) {
      const mortal = mortalDeps(world.api.deps, n, moment);
      await world.turn(mortal).catch((error: unknown) => {
        if (!mortal.isDead()) throw error;
      });
    }
    await world.turn();
    for (const { id } of [cordon, shed]) {
      expect(await read(id)).toMatchObject({ endReason: "Time was up." });
      expect(await auditOf(id)).toEqual(["control.expire", "control.start"]);
    }
    expect((await show(world.nodeIds[0])).cordoned).toBe(false);
  });

  it("is nobody's to end who has lost the lease", async () => {
    const { id } = await start("cordon", { nodeId: world.nodeIds[0], minutes: 5 });
    world.clock.leap(5 * MINUTE);
    const late = mortalDeps(world.api.deps, 99, "before");
    const read0 = late.db.read;
    late.db.read = async (scope, query) => {
      const found = await read0(scope, query);
      await world.api.deps.db.write(platformScope, ({ client }) =>
        client.lease.update({ where: { name: "controls" }, data: { term: { increment: 1 } } }),
      );
      return found;
    };
    await expect(world.turn(late)).rejects.toMatchObject({ reason: "lease_lost" });
    expect(await read(id)).toMatchObject({ endedAt: null });
    await world.api.deps.db.write(platformScope, ({ client }) => client.lease.delete({ where: { name: "controls" } }));
  });
});

describe("cordon and drain", () => {
  it.each(["cordon", "drain"] as const)("%s takes a node out of service and puts it back", async (kind) => {
    const [nodeId] = world.nodeIds;
    const control = await start(kind, { nodeId });
    const { cordoned, drainDeadline } = await show(nodeId);
    expect({ cordoned, drains: drainDeadline !== null }).toEqual({ cordoned: true, drains: kind === "drain" });
    expect(await servesAtGateway(nodeId)).toBe(false);
    await revert(control.id);
    expect(await show(nodeId)).toMatchObject({ cordoned: false, drainDeadline: null });
    expect(await servesAtGateway(nodeId)).toBe(true);
    const { items } = await world.admin.call("GET /nodes/{nodeId}/events", { params: { nodeId }, query: {} });
    expect(items[0]).toMatchObject({ kind: "uncordon", message: expect.stringContaining("Reverted by") });
  });

  it("end at the gateway when their time is up, though no worker uncordons", async () => {
    const [nodeId] = world.nodeIds;
    await start("cordon", { nodeId, minutes: 5 });
    world.clock.leap(5 * MINUTE);
    expect((await show(nodeId)).cordoned).toBe(true);
    expect(await servesAtGateway(nodeId)).toBe(true);
    await world.turn();
    expect((await show(nodeId)).cordoned).toBe(false);
  });

  it("leave a node out that was out before, or that somebody takes out meanwhile", async () => {
    const [before, meanwhile] = world.nodeIds;
    await world.admin.call("POST /nodes/{nodeId}/cordon", { params: { nodeId: before } });
    const first = await start("cordon", { nodeId: before, minutes: 5 });
    const second = await start("drain", { nodeId: meanwhile, minutes: 5 });
    await world.admin.call("POST /nodes/{nodeId}/cordon", { params: { nodeId: meanwhile } });
    await revert(first.id);
    world.clock.leap(5 * MINUTE);
    await world.turn();
    expect(await read(second.id)).toMatchObject({ endReason: "Time was up." });
    for (const nodeId of world.nodeIds) {
      expect((await show(nodeId)).cordoned).toBe(true);
      expect(await servesAtGateway(nodeId)).toBe(false);
    }
  });

  it("put a node back when the last of them ends", async () => {
    const [nodeId] = world.nodeIds;
    const cordon = await start("cordon", { nodeId });
    const drain = await start("drain", { nodeId });
    await revert(cordon.id);
    expect((await show(nodeId)).cordoned).toBe(true);
    await revert(drain.id);
    expect((await show(nodeId)).cordoned).toBe(false);
  });

  it("end when somebody puts the node back", async () => {
    const [nodeId] = world.nodeIds;
    const { id } = await start("cordon", { nodeId });
    await world.admin.call("POST /nodes/{nodeId}/uncordon", { params: { nodeId } });
    expect(await read(id)).toMatchObject({ active: false, endReason: "The node was put back into service." });
    expect(await servesAtGateway(nodeId)).toBe(true);
  });

  it("leave a node to the rollout that works on it", async () => {
    const [nodeId] = world.nodeIds;
    const { id } = await start("cordon", { nodeId });
    await world.admin.call("POST /pools/{poolId}/rollouts", {
      params: { poolId: world.poolId },
      body: { target: { maxLoras: 3 } },
    });
    const inWork = { phase: "restarting", wasCordoned: true } as const;
    await world.api.deps.db.write(platformScope, ({ client }) =>
      client.rolloutNode.updateMany({ where: { nodeId }, data: inWork }),
    );
    await revert(id);
    expect((await show(nodeId)).cordoned).toBe(true);
    const rollout = await world.api.deps.db.read(platformScope, ({ client }) =>
      client.rolloutNode.findFirst({ where: { nodeId }, select: { wasCordoned: true } }),
    );
    expect(rollout).toEqual({ wasCordoned: false });
    await world.api.deps.db.write(platformScope, ({ client }) => client.rollout.deleteMany({}));
  });
});

describe("bad input", () => {
  it.each<[string, object, string]>([
    ["a tenant's control without a tenant", { kind: "shed" }, "tenantId"],
    ["a tenant's control on a node", { kind: "shed", nodeId: newId("node") }, "nodeId"],
    ["a node's control without a node", { kind: "drain" }, "nodeId"],
    ["a freeze of one tenant", { kind: "freeze", tenantId: newId("tenant") }, "tenantId"],
    ["no reason", { kind: "freeze", reason: "  " }, "reason"],
    ["a minute too few", { kind: "freeze", minutes: 4 }, "minutes"],
    ["a minute too many", { kind: "freeze", minutes: 241 }, "minutes"],
    ["a deadline without a drain", { kind: "cordon", nodeId: newId("node"), deadlineSeconds: 5 }, "deadlineSeconds"],
  ])("%s is refused, naming the field", async (_name, body, field) => {
    const response = await world.api.fetch("/api/v1/controls", {
      method: "POST",
      headers: { authorization: `Bearer ${world.api.adminKey}`, "content-type": "application/json" },
      body: JSON.stringify({ reason, ...body }),
    });
    expect(response.status).toBe(422);
    expect((await response.json()).errors).toMatchObject([{ field }]);
    expect((await list({ active: "true" })).items).toEqual([]);
  });

  it("an object that is not there is absent", async () => {
    for (const body of [
      { kind: "shed", tenantId: newId("tenant") },
      { kind: "cordon", nodeId: newId("node") },
    ] as const)
      expect(await problemOf(start(body.kind, body))).toMatchObject({ status: 404 });
    expect(await problemOf(revert(newId("control")))).toMatchObject({ status: 404 });
    expect(await problemOf(renew(newId("control"), 5))).toMatchObject({ status: 404 });
  });
});

describe("who may", () => {
  it("operators and admins set them; auditors see them; customers do neither", async () => {
    const operator = await world.api.clientWith(["platform:operate"]);
    const auditor = await world.api.clientWith(["platform:read"]);
    const customer = await world.api.clientWith(["tenant:admin"], acme.tenantId);
    const body = { kind: "freeze", reason } as const;
    for (const client of [auditor, customer])
      expect(await problemOf(client.call("POST /controls", { body }))).toMatchObject({ status: 403 });
    const { id: controlId } = await operator.call("POST /controls", { body });
    const at = { params: { controlId }, body: {} };
    for (const client of [auditor, customer]) {
      expect(await problemOf(client.call("POST /controls/{controlId}/revert", at))).toMatchObject({ status: 403 });
      expect(await problemOf(client.call("POST /controls/{controlId}/renew", at))).toMatchObject({ status: 403 });
    }
    expect(await auditor.call("GET /freeze", {})).toMatchObject({ freeze: { id: controlId, reason } });
    expect(await problemOf(customer.call("GET /freeze", {}))).toMatchObject({ status: 403 });
    expect(await problemOf(customer.call("GET /controls", {}))).toMatchObject({ status: 403 });
    await operator.call("POST /controls/{controlId}/revert", at);
    expect(await auditor.call("GET /freeze", {})).toEqual({ freeze: null });
  });
});
