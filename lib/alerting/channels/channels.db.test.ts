import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { problemOf } from "#lib/evals/testing/eval-world.ts";
import { mortalDeps, WorkerDied } from "#lib/fleet/testing/mortal-deps.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { type AlertWorld, createAlertWorld } from "../testing/alert-world.ts";

const MINUTE = 60_000;
let world: AlertWorld;
beforeAll(async () => {
  world = await createAlertWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

/** Alerts that began and are over, each with both of its messages waiting for a channel. */
const queueCopies = (channelId: string, count: number) =>
  world.api.deps.db.write(platformScope, async ({ client }) => {
    const { evidence, diagnosis, hit, ...alert } = await client.alert.findFirstOrThrow({
      where: { rule: "evictions" },
    });
    const ids = Array.from({ length: count }, () => newId("alert"));
    await client.alert.createMany({
      data: ids.map((id) => ({ ...alert, evidence: evidence ?? {}, id, openKey: null, state: "resolved" as const })),
    });
    const { payload } = await client.notification.findFirstOrThrow({ where: { alertId: alert.id } });
    const now = world.clock.now();
    await client.notification.createMany({
      data: ids.flatMap((alertId) =>
        (["firing", "resolved"] as const).map((event) => ({
          ...{ id: newId("notification"), channelId, alertId, event },
          ...{ payload: payload ?? {}, nextTryAt: now, createdAt: now },
        })),
      ),
    });
  });

const sentTo = async (channelId: string): Promise<string[]> => {
  const where = { channelId, sentAt: { not: null } };
  const { db } = world.api.deps;
  const rows = await db.read(platformScope, ({ client }) =>
    client.notification.findMany({ where, orderBy: [{ event: "asc" }, { id: "asc" }], select: { event: true } }),
  );
  return rows.map(({ event }) => event);
};

describe("messages", () => {
  it("are signed, in Alertmanager's shape, and tell the beginning and the end once each", async () => {
    await world.addChannel();
    await world.count(60);
    await world.evaluate();
    await world.evaluate();
    await world.send();
    await world.send();
    expect(world.received).toHaveLength(1);
    const [first] = world.received;
    const timestamp = first?.headers["x-switchyard-timestamp"];
    const digest = createHmac("sha256", world.secret).update(`${timestamp}.${first?.body}`).digest("hex");
    expect(first?.headers["x-switchyard-signature"]).toBe(`v1=${digest}`);
    const { id } = await world.only("evictions");
    expect(JSON.parse(first?.body ?? "")).toMatchObject({
      version: "4",
      status: "firing",
      alerts: [
        {
          status: "firing",
          labels: { alertname: "evictions", severity: "warning", node_id: world.nodeId },
          annotations: { runbook_url: "https://console.example.com/help/runbooks/evictions" },
        },
      ],
      commonAnnotations: { runbook_url: "https://console.example.com/help/runbooks/evictions" },
      externalURL: `https://console.example.com/alerts/${id}`,
    });
    await world.over(() => world.count(0));
    await world.send();
    expect(world.received.map(({ body }) => JSON.parse(body).status)).toEqual(["firing", "resolved"]);
  });

  it("are tried again by a receiver's mood, in order, under one idempotency key", async () => {
    await world.addChannel();
    world.answers.push(500, 503);
    await world.count(60);
    await world.evaluate();
    await world.send();
    await world.send();
    expect(world.received).toHaveLength(1);
    const { id } = await world.only("evictions");
    const told = async () =>
      (await world.api.admin.call("GET /alerts/{alertId}", { params: { alertId: id } })).notifications[0];
    expect(await told()).toMatchObject({
      state: "waiting",
      attempts: 1,
      lastError: expect.stringMatching(/answered 500/),
    });
    world.clock.advance(5_000);
    await world.send();
    world.clock.advance(10_000);
    await world.send();
    expect(world.received).toHaveLength(3);
    expect(new Set(world.received.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(await told()).toMatchObject({ state: "sent", attempts: 3 });
  });

  it("come again from a successor when a worker dies after the receiver took them", async () => {
    await world.addChannel();
    await world.count(60);
    await world.evaluate();
    for (let effect = 1; effect <= 3; effect += 1)
      for (const moment of ["before", "after"] as const) {
        const mortal = mortalDeps(world.api.deps, effect, moment);
        await world.send(mortal).catch((error: unknown) => {
          if (!(error instanceof WorkerDied)) throw error;
        });
      }
    await world.send();
    world.clock.advance(30_000);
    await world.send();
    expect(world.received.length).toBeGreaterThan(0);
    expect(new Set(world.received.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    const { items } = await world.api.admin.call("GET /channels", { query: {} });
    expect(items).toMatchObject([{ waiting: 0, failed: 0 }]);
  });

  it("reach a live channel beside one that takes nothing, however much is queued there", async () => {
    const dead = await world.addChannel("alertmanager", "dead");
    await world.count(60);
    await world.evaluate();
    const live = await world.addChannel("slack", "live");
    await queueCopies(dead.id, 120);
    await queueCopies(live.id, 2);
    await world.send();
    expect(await sentTo(live.id)).toEqual(["firing", "firing"]);
    expect(await sentTo(dead.id)).toEqual([]);
    // the end of an alert is told to nobody who was not told of its beginning, and holds up nothing either
    await world.send();
    expect(await sentTo(live.id)).toEqual(["firing", "firing", "resolved", "resolved"]);
    expect(await sentTo(dead.id)).toEqual([]);
  });

  it("are not sent while silenced, and are once the silence is over", async () => {
    await world.addChannel("slack");
    await world.count(60);
    // no channel is told before somebody silenced it
    await world.api.deps.db.write(platformScope, ({ client }) =>
      client.silence.create({
        data: {
          id: "sil_0",
          dedupeKey: `evictions:node:${world.nodeId}`,
          reason: "A load test.",
          by: "ops",
          at: world.clock.now(),
          until: new Date(world.clock.now().getTime() + 5 * MINUTE),
        },
      }),
    );
    await world.evaluate();
    await world.send();
    expect(world.received).toEqual([]);
    expect(await world.only("evictions")).toMatchObject({ state: "firing", silence: { reason: "A load test." } });
    expect(await world.api.admin.call("GET /alerts", { query: {} })).toMatchObject({ firing: 1 });
    world.clock.advance(5 * MINUTE);
    await world.reach("true");
    await world.count(60);
    await world.evaluate();
    await world.send();
    const { text } = JSON.parse(world.received[0]?.body ?? "");
    expect(text).toMatch(/^\*Warning\*: node-1 evicted 60/);
    expect(text).toMatch(/ Runbook: https:\/\/console\.example\.com\/help\/runbooks\/evictions$/);
  });

  it("open and close one incident at PagerDuty", async () => {
    await world.addChannel("pagerduty");
    await world.count(60);
    await world.evaluate();
    await world.send();
    const { id } = await world.only("evictions");
    expect(JSON.parse(world.received[0]?.body ?? "")).toMatchObject({
      routing_key: world.secret,
      event_action: "trigger",
      dedup_key: id,
      payload: { source: "node-1", severity: "warning" },
      links: [
        { href: `https://console.example.com/alerts/${id}` },
        { href: "https://console.example.com/help/runbooks/evictions", text: "Runbook" },
      ],
    });
  });
});

describe("channels", () => {
  it("refuse addresses of metadata services and secrets that are missing, naming field, rule and fix", async () => {
    const add = (body: Parameters<typeof world.api.admin.call<"POST /channels">>[1]["body"]) =>
      problemOf(world.api.admin.call("POST /channels", { body }));
    expect(
      await add({ name: "x", kind: "alertmanager", url: "http://169.254.169.254/latest", secret: world.secret }),
    ).toMatchObject({ status: 422, errors: [{ field: "url", code: "forbidden_address", fix: expect.any(String) }] });
    expect(await add({ name: "x", kind: "alertmanager", url: world.hook })).toMatchObject({
      errors: [{ field: "secret", code: "required" }],
    });
    expect(await add({ name: "x", kind: "slack", url: world.hook, secret: world.secret })).toMatchObject({
      errors: [{ field: "secret", code: "not_wanted" }],
    });
    await world.addChannel();
    expect(await problemOf(world.addChannel())).toMatchObject({ status: 409, code: "name_taken" });
  });

  it("tell what a test came to, show no secret, and need the secret with another address", async () => {
    const channel = await world.addChannel();
    const params = { channelId: channel.id };
    expect(await world.api.admin.call("POST /channels/{channelId}/test", { params })).toMatchObject({ ok: true });
    expect(JSON.parse(world.received[0]?.body ?? "")).toMatchObject({ alerts: [{ labels: { alertname: "test" } }] });
    world.answers.push(401);
    const failed = await world.api.admin.call("POST /channels/{channelId}/test", { params });
    expect(failed).toMatchObject({ ok: false, message: expect.stringMatching(/answered 401\.$/) });
    const { generation } = channel;
    const moved = world.api.admin.call("PATCH /channels/{channelId}", {
      params,
      generation,
      body: { url: `${world.hook}/2` },
    });
    expect(await problemOf(moved)).toMatchObject({ errors: [{ field: "secret", code: "required" }] });
    const shown = JSON.stringify(await world.api.admin.call("GET /channels", { query: {} }));
    expect(shown).not.toContain(world.secret);
    expect(shown).not.toContain("/hook");
  });
});
