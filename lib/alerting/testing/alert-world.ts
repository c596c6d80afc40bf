import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestApi } from "#lib/api/testing/test-api.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { draftTurn, INCIDENT_LOOP } from "#lib/incidents/loop.ts";
import { countedWindow } from "#lib/metrics/counted-window.ts";
import type { Uncertainty } from "#lib/metrics/derived/derived-rows.ts";
import * as seed from "#lib/metrics/testing/seed-catalog.ts";
import { forgetCounted, forgetFollowed, storeDerived, storeRollups } from "#lib/metrics/testing/store-rollups.ts";
import { manualClock } from "#lib/platform/clock.ts";
import { newId } from "#lib/platform/ids.ts";
import { createLease } from "#lib/platform/lease.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { makeUsage } from "#lib/requests/testing/make-usage.ts";
import { clearRequests } from "#lib/requests/testing/record-requests.ts";
import { recordUsage } from "#lib/requests/usage/record-usage.ts";
import { alertTurn } from "../alerts/alert-loop.ts";
import { ALERT_LOOP } from "../alerts/last-evaluation.ts";
import type { ChannelKind } from "../browser/alert-kinds.ts";
import { NOTIFICATION_LOOP, sendDue } from "../channels/notification-loop.ts";
import { countTurn, OBJECTIVE_LOOP } from "../objectives/objective-loop.ts";

const NOON = new Date("2026-11-25T12:00:00.000Z");
const MINUTE = 60_000;
const SECRET = "a secret that both sides know";

/** Those that are counted, the newest first. */
function countedMinutes(now: Date): Date[] {
  const { from, to } = countedWindow(now);
  const count = (to.getTime() - from.getTime()) / MINUTE;
  return Array.from({ length: count }, (_, index) => new Date(to.getTime() - (index + 1) * MINUTE));
}

type Received = { headers: IncomingMessage["headers"]; body: string };
export type AlertWorld = Awaited<ReturnType<typeof createAlertWorld>>;

/** One tenant on one node as the loops saw it, a receiver of messages, and a clock that moves when it is told to. */
export async function createAlertWorld(overrides: Partial<Deps> = {}) {
  const clock = manualClock(NOON);
  const received: Received[] = [];
  /** What the receiver answers next; it takes everything once this is empty. */
  const answers: number[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    const isDead = request.url?.endsWith("/dead");
    response.writeHead(isDead ? 503 : (answers.shift() ?? 200)).end("whatever the receiver says");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const hook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const api = await createTestApi({ clock, consoleUrl: "https://console.example.com", ...overrides });
  const { db } = api.deps;
  const poolId = await seed.seedPool(db);
  const nodeId = await seed.seedNode(db, { poolId, name: "node-1", baseUrl: "http://127.0.0.1:9", seenAt: NOON });
  const tenantId = await seed.seedTenant(db, { slug: "acme" });
  const adapterId = await seed.seedAdapter(db, { tenantId, poolId, slug: "bot" });
  const loraName = "acme--bot--v1-000000000000";
  const versionId = await seed.seedVersion(db, { tenantId, adapterId, number: 1, loraName });
  await seed.pointRoute(db, adapterId, { liveVersionId: versionId });
  await seed.seedRoutable(db, { tenantId, versionId, nodeId, loraName, at: NOON });

  const withTerm = async (name: string, run: (term: bigint) => Promise<unknown>) => {
    const lease = createLease(db, { name, holder: `worker-${Math.random()}`, ttlMs: MINUTE });
    const term = await lease.acquire();
    if (term === null) throw new Error("the lease is taken");
    try {
      await run(term);
    } finally {
      await lease.release(term);
    }
  };
  /** The node answers, and its metrics are read; or it does not. */
  const reach = async (status: "true" | "false") => {
    if (status === "true") await seed.seedScrape(db, { nodeId, at: clock.now(), epoch: 1, tiers: null });
    await db.write(platformScope, ({ client }) => {
      const condition = (type: string, is: string) => ({
        type,
        status: is,
        reason: is === "true" ? "ok" : "no_answer",
        message: is === "true" ? "" : "No answer from 127.0.0.1:9.",
        lastTransitionTime: clock.now().toISOString(),
      });
      return client.node.update({
        where: { id: nodeId },
        data: { conditions: [condition("Reachable", status), condition("NoDrift", "true")], lastSeenAt: clock.now() },
      });
    });
  };
  /** What the node counted in each minute, by how many minutes before the end of those that are counted it began. */
  const countAt = async (minutes: readonly number[][]) => {
    await forgetCounted(db);
    const { to } = countedWindow(clock.now());
    const rows = minutes.map(([before = 0, evictions = 0, disk = 0]) => ({
      ...{ nodeId, stepSeconds: 60 as const, scrapes: 6, simulated: true },
      at: new Date(to.getTime() - before * MINUTE),
      data: { seconds: 60, counters: { "evictions.gpu": evictions, "swaps.disk": disk }, gauges: {}, histograms: {} },
    }));
    await storeRollups(db, rows);
  };
  /** The node counted so many in the newest whole minute of those that are counted, and none in the others. */
  const count = (evictions: number, disk = 0) =>
    countAt(countedMinutes(clock.now()).map((_, index) => [index + 1, ...(index === 0 ? [evictions, disk] : [0, 0])]));
  /** Switchyard loaded so many on the node in the newest minute that is counted. */
  const loaded = (loads: number) =>
    db.write(platformScope, ({ client }) =>
      client.loadEvent.createMany({
        data: Array.from({ length: loads }, () => ({
          id: newId("loadEvent"),
          nodeId,
          versionId,
          tenantId,
          kind: "load",
          outcome: "ok",
          message: "",
          at: countedMinutes(clock.now())[0] ?? clock.now(),
        })),
      }),
    );
  /** The node exports no such counters. */
  const uncount = () => forgetCounted(db);
  /** So much followed from its requests in the newest whole minute of those that are counted, and nothing in the others. */
  const derive = async (row: { evictionsGpu: number; swapsDisk: number; uncertainty: Uncertainty | null }) => {
    const rest = { seconds: 60, evictionsCpu: 0, swapsGpu: 0, swapsCpu: 0, adaptersPeak: 1, counted: null, ours: null };
    const minutes = countedMinutes(clock.now()).map((at, index) => ({
      ...{ at, ...rest, ...row },
      ...(index === 0 ? {} : { evictionsGpu: 0, swapsDisk: 0 }),
    }));
    await forgetFollowed(db);
    await storeDerived(db, nodeId, minutes);
  };
  const list = async () => (await api.admin.call("GET /alerts", { query: {} })).items;
  return {
    api,
    clock,
    hook,
    secret: SECRET,
    received,
    answers,
    poolId,
    nodeId,
    tenantId,
    adapterId,
    reach,
    count,
    countAt,
    uncount,
    loaded,
    derive,
    withTerm,
    /** The gateway counted requests of evaluations so many minutes ago. */
    evaluated: (minutes: number) =>
      recordUsage(db, [
        makeUsage({
          ...{ tenantId, adapterId, versionId, nodeId, kind: "eval", requests: 50, answered: 50, simulated: true },
          at: new Date(Math.floor(clock.now().getTime() / MINUTE - minutes) * MINUTE),
        }),
      ]),
    /** One evaluation of the rules. */
    evaluate: () => withTerm(ALERT_LOOP, (term) => alertTurn(api.deps, { term })),
    /** Evaluates until what is seen has been well for as long as any rule asks. */
    async over(see: () => Promise<unknown>) {
      for (let minutes = 0; minutes < 4; minutes += 1) {
        if (minutes > 0) clock.advance(MINUTE);
        await reach("true");
        await see();
        await this.evaluate();
      }
    },
    /** One round of drafting for fallbacks that last. */
    draft: (deps: Deps = api.deps) => withTerm(INCIDENT_LOOP, (term) => draftTurn(deps, { term })),
    /** One turn of whoever counts good requests. */
    countRequests: () =>
      withTerm(OBJECTIVE_LOOP, (term) => countTurn(api.deps, { term, signal: new AbortController().signal })),
    rename: (name: string) =>
      db.write(platformScope, ({ client }) => client.node.update({ where: { id: nodeId }, data: { name } })),
    /** One turn of the sender. */
    send: (deps: Deps = api.deps) =>
      withTerm(NOTIFICATION_LOOP, (term) => sendDue(deps, { term, signal: new AbortController().signal })),
    list,
    states: async () => (await list()).map(({ rule, state }) => `${rule} ${state}`),
    async only(rule: string) {
      const found = (await list()).find((alert) => alert.rule === rule);
      if (!found) throw new Error(`no alert of ${rule}`);
      return found;
    },
    /** The receiver of the one that is called dead takes nothing. */
    addChannel: (kind: Exclude<ChannelKind, "email"> = "alertmanager", name = "ops") =>
      api.admin.call("POST /channels", {
        body: { name, kind, url: `${hook}/${name}`, ...(kind === "slack" ? {} : { secret: SECRET }) },
      }),
    /** Nothing is wrong, nobody was told anything, and what was counted is ten minutes ago. */
    async reset() {
      received.length = 0;
      answers.length = 0;
      clock.advance(10 * MINUTE);
      await db.write(platformScope, async (tx) => {
        const { client } = tx;
        await clearRequests(tx);
        await client.incident.deleteMany();
        await client.alert.deleteMany();
        await client.silence.deleteMany();
        await client.objective.deleteMany();
        await client.finding.deleteMany();
        await client.notificationChannel.deleteMany();
      });
      await forgetFollowed(db);
      await reach("true");
      await count(0);
    },
    async close() {
      await api.close();
      server.close();
    },
  };
}
