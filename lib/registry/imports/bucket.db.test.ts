import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Folder } from "../testing/adapter-folder.ts";
import { type FakeS3, fail, KEY, startFakeS3 } from "../testing/fake-s3.ts";
import {
  BROKEN,
  createImportBench,
  type ImportBench,
  takenIn,
  tinyAdapter,
  trainedAdapter,
  WITHOUT_LEFTOVERS,
} from "../testing/import-bench.ts";
import { problemOf } from "../testing/intake-bench.ts";

let bench: ImportBench;
let s3: FakeS3;
let sourceId: string;
beforeAll(async () => {
  bench = await createImportBench();
  s3 = await startFakeS3();
  const at = { endpoint: s3.endpoint, region: s3.region, bucket: s3.bucket, prefix: "tenants", ...KEY };
  sourceId = (await bench.api.admin.call("POST /import-sources", { body: { name: "Exports", ...at } })).id;
});
afterAll(async () => {
  await s3.close();
  await bench.close();
});

const upload = (path: string, files: Folder) => {
  for (const [name, bytes] of files) s3.objects.set(`tenants/${path}/${name}`, bytes);
};
const importOf = (path: string) =>
  bench.api.admin.call("POST /imports", { body: { kind: "bucket", poolId: bench.poolId, source: { sourceId, path } } });

describe("the folders of a bucket", () => {
  it("become rows that are checked and imported like those on a disk, and nothing is left in between", async () => {
    upload("june/bucket-1", tinyAdapter("b1"));
    upload("june/bucket-2--sales-bot", trainedAdapter("b2"));
    upload("june/bucket-3", BROKEN.rank("b3"));
    const opened = await importOf("june");
    expect(opened).toMatchObject({ kind: "bucket", name: "june", rowCount: 3 });
    expect(await bench.check(opened.id)).toMatchObject({ counts: { valid: 2, invalid: 1 } });
    expect(await bench.incoming()).toEqual([]);
    expect(await bench.rowOf(opened.id, "bucket-3")).toMatchObject({ cells: { pool: "error", files: "pass" } });
    expect(await bench.run(opened.id)).toMatchObject({ importedCount: 2 });
    const { versionId } = await bench.rowOf(opened.id, "bucket-2");
    const version = await bench.api.admin.call("GET /versions/{versionId}", { params: { versionId: versionId ?? "" } });
    expect(version).toMatchObject({
      state: "ready",
      origin: { source: "s3://exports/tenants/june/bucket-2--sales-bot/" },
    });
    expect(takenIn(version)).toEqual(WITHOUT_LEFTOVERS);
    expect(s3.asked.filter((key) => /optimizer|training_args|checkpoint/.test(key))).toEqual([]);
    expect(await bench.incoming()).toEqual([]);
  });

  it("that change after the check, or cannot be read, keep their rows in the draft", async () => {
    upload("july/bucket-4", tinyAdapter("b4"));
    const { id } = await importOf("july");
    await bench.check(id);
    upload("july/bucket-4", tinyAdapter("b4 again"));
    expect(await bench.run(id)).toMatchObject({ importedCount: 0, counts: { unchecked: 1 } });
    s3.objects.clear();
    await bench.check(id);
    expect(await bench.rowOf(id, "bucket-4")).toMatchObject({
      state: "invalid",
      findings: [{ code: "path_not_found" }],
    });
    expect(await problemOf(importOf("august"))).toMatchObject({ code: "no_folders" });
    s3.faults.push({ on: /list-type/, times: 9, answer: (response) => fail(response, 403, "AccessDenied") });
    expect((await problemOf(importOf("july"))).status).toBeGreaterThanOrEqual(400);
  });
});
