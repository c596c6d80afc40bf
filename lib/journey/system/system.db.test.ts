import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { createLease } from "#lib/platform/lease.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createLoopRegistry } from "#lib/platform/loop-registry.ts";
import { describeWorker, startPresence } from "#lib/platform/worker-presence.ts";
import type { GatewayReport } from "#lib/requests/traffic/gateway-report.ts";
import { recordGatewayReport } from "#lib/requests/traffic/record-gateway-report.ts";

const clock = manualClock(new Date("2026-11-25T12:00:00.000Z"));
const book = createLoopRegistry();
let api: TestApi;
beforeAll(async () => {
  api = await createTestApi({ clock });
});
afterAll(() => api.close());

const health = async () => (await api.admin.call("GET /pulse", {})).sentence;
/** A worker says what it has to say, once, and is killed or stops. */
async function workerSpeaks(end: "killed" | "stops" = "killed") {
  const { db } = api.deps;
  const report = () => describeWorker(book, { dataDir: tmpdir(), adapterStore: "/nowhere/at/all" });
  const presence = startPresence({ db, id: "w1", report, clock, log: silentLog });
  const seen = async () =>
    (await api.admin.call("GET /system", {})).workers.some(
      ({ seenAt }) => Date.parse(seenAt) === clock.now().getTime(),
    );
  while (!(await seen()));
  if (end === "stops") await presence.stop();
  return presence;
}
async function ran(name: string, everyMs: number, error: string | null = null) {
  const lease = createLease(api.deps.db, { name, holder: "w1", ttlMs: 60_000 });
  const term = await lease.acquire();
  if (term === null) throw new Error("somebody else holds the lease");
  await lease.report(term, { at: clock.now(), error });
  book.note({ name, everyMs, longestRunMs: null }, "waiting", clock.now());
}
const gatewaySpeaks = (snapshotAt: Date | null) => {
  const report: GatewayReport = {
    nodes: [],
    pools: [],
    tenants: [],
    snapshotAt: snapshotAt?.toISOString() ?? null,
    tracesPending: 3,
    openVersions: [],
  };
  return recordGatewayReport(api.deps.db, { id: "gwy_1", startedAt: clock.now() }, report, clock.now());
};

it("never looks calm while something that Switchyard needs is not there", async () => {
  expect(await health()).toBe("The worker has not run yet");
  await ran("scrape", 10_000);
  await ran("scrub", 3_600_000);
  expect(await health()).toBe("No worker runs");
  const first = await workerSpeaks();
  expect(await health()).toBe("No gateway runs");
  await gatewaySpeaks(null);
  expect(await health()).toBe("A gateway has no snapshot yet");
  await gatewaySpeaks(new Date(clock.now().getTime() - 90_000));
  expect(await health()).toBe("Gateway on a snapshot 90 s old");
  await gatewaySpeaks(clock.now());
  expect(await api.admin.call("GET /pulse", {})).toMatchObject({ ok: true, sentence: "All background jobs healthy" });

  clock.advance(13_000);
  expect(await health()).toBe("No worker seen for 13 s");
  await first.stop();
});

it("names the loop that no worker runs, that is late or that fails", async () => {
  clock.advance(20_000);
  await gatewaySpeaks(clock.now());
  const late = await workerSpeaks();
  expect(await health()).toBe("scrape 13 s late");
  await ran("scrape", 10_000, "the disk is full");
  expect(await health()).toBe("scrape fails: the disk is full");
  await ran("scrape", 10_000);
  await ran("of another worker", 10_000);
  const alone = createLoopRegistry();
  for (const one of book.list()) if (!one.name.startsWith("of")) alone.note(one, one.state, one.since);
  await api.deps.db.write({ kind: "platform" }, ({ client }) =>
    client.workerInstance.update({
      where: { id: "w1" },
      data: {
        report: {
          host: "h",
          pid: 1,
          memoryBytes: 1,
          freeBytes: { data: null, adapters: null },
          loops: alone.list().map((one) => ({ ...one, since: one.since.toISOString() })),
        },
      },
    }),
  );
  expect(await health()).toBe("of another worker is run by no worker");
  await late.stop();
  expect(await health()).toBe("No worker runs");
});

it("tells what each process last said, what waits and what the database holds; what nobody could see is unknown", async () => {
  const presence = await workerSpeaks();
  const system = await api.admin.call("GET /system", {});
  expect(system.workers).toMatchObject([
    { id: "w1", pid: process.pid, isThere: true, freeAdapterBytes: expect.any(Number) },
  ]);
  expect(system.workers[0]?.freeDataBytes).toBeGreaterThan(0);
  expect(system.gateways).toMatchObject([{ id: "gwy_1", tracesPending: 3 }]);
  expect(system.scrape).toBeNull();
  expect(system.jobs).toEqual({ waiting: 0, running: 0, oldestWaitingAt: null });
  expect(system.database.bytes).toBeGreaterThan(1_000_000);
  expect(system.database.connections).toBeGreaterThan(0);
  expect(system.database.largest.length).toBe(6);
  await presence.stop();
});

it("is for staff who read, and not for customers", async () => {
  const reader = await api.clientWith(["platform:read"]);
  expect((await reader.call("GET /system", {})).database.maxConnections).toBeGreaterThan(0);
  const metrics = await api.clientWith(["metrics:read"]);
  await expect(metrics.call("GET /system", {})).rejects.toMatchObject({ problem: { status: 403 } });
});
