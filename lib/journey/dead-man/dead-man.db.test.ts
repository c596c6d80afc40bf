import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import type { GatewayReport } from "#lib/requests/traffic/gateway-report.ts";
import { recordGatewayReport } from "#lib/requests/traffic/record-gateway-report.ts";
import type { Prisma } from "#prisma/generated/client.ts";
import { DEAD_MAN_LOOP, heartbeatOnce } from "./heartbeat.ts";

const clock = manualClock(new Date("2026-11-25T12:00:00.000Z"));
const listener = { calls: [] as string[], status: 200 };
let api: TestApi;
let server: Server;
let url: string;
let term: bigint;

beforeAll(async () => {
  api = await createTestApi({ clock });
  server = createServer((request, response) => {
    listener.calls.push(`${request.method} ${request.url}`);
    response.writeHead(listener.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/secret-token`;
  const lease = createLease(api.deps.db, { name: DEAD_MAN_LOOP, holder: "w1", ttlMs: 3_600_000 });
  term = (await lease.acquire()) ?? 0n;
  await lease.report(term, { at: clock.now(), error: null });
});
afterAll(async () => {
  await api.close();
  server.close();
});

const heartbeat = () => heartbeatOnce(api.deps, { signal: new AbortController().signal, term });
const read = async () => (await api.admin.call("GET /dead-man-switch", {})).deadManSwitch;
/** A worker with the one loop and a gateway are there, at this moment. */
async function allIsWell(): Promise<void> {
  const now = clock.now();
  const loops = [{ name: DEAD_MAN_LOOP, everyMs: 10_000, state: "running", since: now.toISOString() }];
  const report = { host: "h", pid: 1, memoryBytes: 1, freeBytes: { data: null, adapters: null }, loops };
  await api.deps.db.write(platformScope, ({ client }) =>
    client.workerInstance.upsert({
      where: { id: "w1" },
      create: { id: "w1", startedAt: now, seenAt: now, report },
      update: { seenAt: now, report },
    }),
  );
  const gateway: GatewayReport = {
    nodes: [],
    pools: [],
    tenants: [],
    snapshotAt: now.toISOString(),
    tracesPending: 0,
    openVersions: [],
  };
  await recordGatewayReport(api.deps.db, { id: "gwy_1", startedAt: now }, gateway, now);
}

type Message = Partial<Prisma.NotificationUncheckedCreateInput>;
const addMessage = (channelId: string, alertId: string, over: Message) =>
  api.deps.db.write(platformScope, ({ client }) => {
    const at = clock.now();
    const fields = { event: "firing" as const, payload: {}, nextTryAt: at, createdAt: at, attempts: 3 };
    return client.notification.create({ data: { id: newId("notification"), channelId, alertId, ...fields, ...over } });
  });
const setMessage = (alertId: string, data: Pick<Message, "gaveUpAt">) =>
  api.deps.db.write(platformScope, ({ client }) => client.notification.updateMany({ where: { alertId }, data }));
/** A message that its channel refuses since a moment. */
async function strandMessage(createdAt: Date) {
  const [channelId, alertId] = [newId("channel"), newId("alert")];
  await api.deps.db.write(platformScope, async ({ client }) => {
    await client.notificationChannel.create({
      data: { id: channelId, name: "ops", kind: "slack", host: "example.com", sealedUrl: "none" },
    });
    const subject = { dedupeKey: "k", subjectType: "node", subjectId: "n", subjectName: "n", what: "is down" };
    const rule = { rule: "node_down" as const, severity: "critical" as const, state: "firing" as const };
    await client.alert.create({
      data: { id: alertId, ...rule, ...subject, sentence: "It is down.", evidence: {}, startedAt: createdAt },
    });
  });
  await addMessage(channelId, alertId, { createdAt });
  return { alertId, channelId };
}

it("calls nobody until an address is set, and never shows the address again", async () => {
  await allIsWell();
  await heartbeat();
  expect([listener.calls, await read()]).toEqual([[], null]);
  await api.admin.call("PUT /dead-man-switch", { body: { url, everySeconds: 60 } });
  expect(JSON.stringify(await read())).not.toContain("secret-token");
  expect(await read()).toMatchObject({ host: new URL(url).host, everySeconds: 60, lastBeatAt: null });
});

it("calls once an interval while all is well, and says when a call was not taken", async () => {
  await allIsWell();
  await heartbeat();
  await heartbeat();
  expect(listener.calls).toEqual(["POST /ping/secret-token"]);
  clock.advance(60_000);
  await allIsWell();
  listener.status = 500;
  await heartbeat();
  expect(await read()).toMatchObject({ lastError: `${new URL(url).host} answered 500.` });
  listener.status = 200;
  clock.advance(10_000);
  await allIsWell();
  await heartbeat();
  expect(await read()).toMatchObject({ lastError: null, lastBeatAt: clock.now().toISOString() });
  expect(listener.calls.length).toBe(3);
});

it("is held back while Switchyard is not well, with the reason, and goes on when it is", async () => {
  clock.advance(60_000);
  await heartbeat();
  clock.advance(60_000);
  await heartbeat();
  expect(listener.calls.length).toBe(3);
  expect((await read())?.heldBack).toEqual({
    since: new Date(clock.now().getTime() - 60_000).toISOString(),
    because: "No worker seen for 2 min",
  });
  await allIsWell();
  await heartbeat();
  expect([listener.calls.length, (await read())?.heldBack]).toEqual([4, null]);
});

it("is held back while messages do not leave: nobody would hear of anything", async () => {
  const { alertId, channelId } = await strandMessage(new Date(clock.now().getTime() - 600_000));
  await heartbeat();
  expect(listener.calls.length).toBe(4);
  const { ok, troubles } = await api.admin.call("GET /pulse", {});
  expect([ok, troubles]).toEqual([false, ['Messages to "ops" have not left for 10 min']]);
  expect((await read())?.heldBack?.because).toBe('Messages to "ops" have not left for 10 min');

  const given = new Date(clock.now().getTime() - 60_000);
  await setMessage(alertId, { gaveUpAt: given });
  expect((await api.admin.call("GET /pulse", {})).sentence).toBe('Messages to "ops" were given up 60 s ago');
  // the channel has taken another one since
  await addMessage(channelId, alertId, { event: "resolved", sentAt: clock.now(), createdAt: given });
  await heartbeat();
  expect([listener.calls.length, (await read())?.heldBack]).toEqual([5, null]);
});

it("starts anew with another address, and leaves one alone that was set while the last was called", async () => {
  const body = { url: `${url}/other`, everySeconds: 30 };
  await api.admin.call("PUT /dead-man-switch", { body });
  await api.admin.call("PUT /dead-man-switch", { body }); // twice is once more the same
  expect(await read()).toMatchObject({ everySeconds: 30, lastBeatAt: null });
  await heartbeat();
  expect(listener.calls.at(-1)).toBe("POST /ping/secret-token/other");
});

it.each([
  [{ url: "ftp://example.com" }, "url"],
  [{ url: "http://169.254.169.254/latest" }, "url"],
  [{ url: "https://example.com", everySeconds: 5 }, "everySeconds"],
])("refuses %j and names the field", async (body, field) => {
  await expect(api.admin.call("PUT /dead-man-switch", { body: { everySeconds: 60, ...body } })).rejects.toMatchObject({
    problem: { errors: [{ field }] },
  });
});

it("is read by staff and set by admins alone", async () => {
  const reader = await api.clientWith(["platform:read"]);
  expect((await reader.call("GET /dead-man-switch", {})).deadManSwitch).not.toBeNull();
  await expect(reader.call("DELETE /dead-man-switch", {})).rejects.toMatchObject({ problem: { status: 403 } });
  await api.admin.call("DELETE /dead-man-switch", {});
  expect(await read()).toBeNull();
  await expect(api.admin.call("DELETE /dead-man-switch", {})).rejects.toMatchObject({ problem: { status: 404 } });
});
