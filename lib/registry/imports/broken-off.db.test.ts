import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jobHandlers } from "#lib/api/job-handlers.ts";
import type { JobHandler } from "#lib/jobs/job-handler.ts";
import { runJobsOnce } from "#lib/jobs/run-jobs.ts";
import { createImportBench, type ImportBench, tinyAdapter, writeFolder } from "../testing/import-bench.ts";
import { problemOf } from "../testing/intake-bench.ts";

let bench: ImportBench;
beforeAll(async () => {
  bench = await createImportBench();
});
afterAll(() => bench.close());

const admin = () => bench.api.admin;

describe("what goes wrong half-way", () => {
  it("a folder that changes between check and run is not taken in unseen", async () => {
    const path = await bench.folders("changing", { "changing-1": tinyAdapter("before") });
    const { id } = await bench.importOf(path);
    await bench.check(id);
    await writeFolder(join(path, "changing-1"), tinyAdapter("after"));
    expect(await bench.run(id)).toMatchObject({ importedCount: 0, counts: { unchecked: 1 } });
    expect((await bench.rowOf(id, "changing-1")).message).toContain("no longer what was checked");
    expect(
      (await admin().call("GET /versions", { query: {} })).items.some(({ tenantSlug }) => tenantSlug === "changing-1"),
    ).toBe(false);
    expect(await bench.incoming()).toEqual([]);
    await bench.check(id);
    expect(await bench.run(id)).toMatchObject({ state: "completed" });
  });

  it("a folder that is gone fails its row alone, and may be tried again", async () => {
    const path = await bench.folders("gone", { "gone-1": tinyAdapter("g1"), "gone-2": tinyAdapter("g2") });
    const { id } = await bench.importOf(path);
    await bench.check(id);
    await rm(join(path, "gone-1"), { recursive: true });
    expect(await bench.run(id)).toMatchObject({ importedCount: 1, counts: { failed: 1 } });
    await writeFolder(join(path, "gone-1"), tinyAdapter("g1"));
    expect(await bench.run(id)).toMatchObject({ state: "completed", importedCount: 2 });
  });

  it("a worker that dies after each step of a row leaves nothing double", async () => {
    const path = await bench.folders("dying", { "dying--one": tinyAdapter("d1"), "dying--two": tinyAdapter("d2") });
    const { id } = await bench.importOf(path);
    await bench.check(id);
    const before = await bench.countAll();
    await admin().call("POST /imports/{importId}/run", { params: { importId: id } });
    const stop = new AbortController();
    // every row is done and the worker is gone before it could say so
    const dying = jobHandlers.map(
      (handler): JobHandler => ({
        ...handler,
        async runItem(...args) {
          await handler.runItem(...args);
          stop.abort(new Error("the worker dies"));
          throw new Error("the worker dies");
        },
      }),
    );
    await runJobsOnce(bench.api.deps, dying, { signal: stop.signal, holder: "dies" });
    await bench.work();
    expect(await admin().call("GET /imports/{importId}", { params: { importId: id } })).toMatchObject({
      state: "completed",
      importedCount: 2,
    });
    expect(await bench.countAll()).toEqual({
      tenants: before.tenants + 1,
      adapters: before.adapters + 2,
      versions: before.versions + 2,
    });
  });

  it("while a job works on an import nothing else starts on it, and a cancelled one lets its rows go", async () => {
    const path = await bench.folders("busy", { "busy-1": tinyAdapter("b1") });
    const { id: importId } = await bench.importOf(path);
    await bench.check(importId);
    const params = { importId };
    const job = await admin().call("POST /imports/{importId}/run", { params });
    expect(await admin().call("GET /imports/{importId}", { params })).toMatchObject({
      state: "importing",
      isBusy: true,
    });
    for (const call of [
      () => admin().call("POST /imports/{importId}/run", { params }),
      () => admin().call("POST /imports/{importId}/check", { params, body: {} }),
      () => admin().call("POST /imports/{importId}/discard", { params }),
    ])
      expect(await problemOf(call())).toMatchObject({ status: 409, code: "import_busy" });
    expect(await problemOf(bench.edit(importId, await bench.rowOf(importId, "busy-1"), { skip: true }))).toMatchObject({
      code: "row_busy",
    });
    await admin().call("POST /jobs/{jobId}/cancel", { params: { jobId: job.id } });
    expect(await bench.rowOf(importId, "busy-1")).toMatchObject({ state: "valid" });
    expect(await admin().call("POST /imports/{importId}/discard", { params })).toMatchObject({ state: "discarded" });
    expect(await problemOf(admin().call("POST /imports/{importId}/run", { params }))).toMatchObject({
      code: "import_discarded",
    });
  });
});
