import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openDatabase } from "#lib/platform/db.ts";
import { silentLog } from "#lib/platform/log.ts";
import { createTestDatabase, type TestDatabase } from "#lib/platform/testing/test-database.ts";
import { buildBenchDeps } from "#lib/testbed/deps.ts";
import {
  type Bench,
  measureConvergence,
  measureIdle,
  measureRestarts,
  openBench,
  settled,
  whileReconciling,
} from "./measure.ts";

/** The benchmark's own code at about 2 %: it is the bench that is tested here, not how fast anything is. */
const LOAD = { seed: 3, minMs: 5, maxMs: 20, failShare: 0 };
const PLAN = { nodes: 3, before: 4, gone: 1, added: 3, intervalMs: 100, load: LOAD };
let database: TestDatabase;
let store: string;
let bench: Bench;

beforeAll(async () => {
  database = await createTestDatabase();
  store = await mkdtemp(join(tmpdir(), "switchyard-bench-store-"));
  bench = await openBench(buildBenchDeps(database.db, store), PLAN);
});
afterAll(async () => {
  await bench.fleet.stop();
  await bench.deps.outbound.close();
  await database.close();
  await rm(store, { recursive: true, force: true });
});

it("counts what the loop asked of the nodes, and when a restarted node had everything back", async () => {
  const { convergence, restores } = await whileReconciling(bench, async () => {
    await settled(bench);
    return { convergence: await measureConvergence(bench), restores: await measureRestarts(bench, [0]) };
  });
  expect(convergence).toMatchObject({ changes: 12, calls: 12 });
  expect(convergence.makespanMs).toBeGreaterThan(convergence.busiestMs);
  for (const restore of restores) {
    expect(restore.adapters).toBe(6);
    expect(restore.noticedMs).toBeLessThanOrEqual(restore.allRoutableMs);
    expect(restore.allRoutableMs).toBeGreaterThan(restore.loadMs);
  }
  expect(restores).toHaveLength(1);
  const idle = await measureIdle(bench, () => openDatabase(database.url, silentLog, 3), 3);
  expect(idle.get("Lease")).toBeGreaterThan(0); // it does see writes
});
