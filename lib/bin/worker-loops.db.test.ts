import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createTestApi, type TestApi } from "#lib/api/testing/test-api.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createLoopRegistry } from "#lib/platform/loop-registry.ts";
import { describeWorker, startPresence } from "#lib/platform/worker-presence.ts";
import { recordGatewayReport } from "#lib/requests/traffic/record-gateway-report.ts";
import { LOOPS } from "./worker-loops.ts";

const book = createLoopRegistry();
/** Loops that run, by the name that LOOPS uses. */
const running = new Map<string, { stop(): Promise<void> }>();
let api: TestApi;
let deps: Deps;

beforeAll(async () => {
  api = await createTestApi();
  deps = { ...api.deps, loops: book };
});
afterAll(async () => {
  await Promise.all([...running.values()].map((loop) => loop.stop()));
  await api.close();
});

function start(name: string): void {
  const controller = new AbortController();
  const ended = LOOPS[name]?.(deps, controller.signal);
  running.set(name, {
    async stop() {
      controller.abort();
      await ended;
    },
  });
}

const carried = (): string[] => book.list().map(({ name }) => name);

/** What the top bar says once this worker has reported, which it does every 5 s, until it is what is waited for. */
async function topBarSays(expected: string): Promise<void> {
  const { db, clock } = deps;
  const at = clock.now();
  const report = {
    nodes: [],
    pools: [],
    tenants: [],
    snapshotAt: at.toISOString(),
    tracesPending: 0,
    openVersions: [],
  };
  await recordGatewayReport(db, { id: "gwy_1", startedAt: at }, report, at);
  const worker = () => describeWorker(book, { dataDir: tmpdir(), adapterStore: tmpdir() });
  const presence = startPresence({ db, id: "w1", report: worker, clock, log: silentLog });
  const says = async () => (await api.admin.call("GET /pulse", {})).sentence;
  await vi.waitFor(async () => expect(await says()).toBe(expected), { timeout: 15_000, interval: 20 });
  await presence.stop();
}

it("each loop of a worker that is stopped, or left out by LOOPS, is named in the top bar, and it calms down after", async () => {
  const names = Object.keys(LOOPS);
  for (const name of names) start(name);
  await vi.waitFor(() => expect(carried().length).toBe(names.length), { timeout: 15_000 });
  await topBarSays("All background jobs healthy");
  for (const name of names) {
    const before = carried();
    await running.get(name)?.stop();
    const gone = before.filter((one) => !carried().includes(one));
    expect(gone.length, name).toBe(1);
    await topBarSays(`${gone[0]} is run by no worker`);
    start(name);
    await vi.waitFor(() => expect(carried().length, name).toBe(names.length), { timeout: 15_000 });
  }
  await topBarSays("All background jobs healthy");
});
