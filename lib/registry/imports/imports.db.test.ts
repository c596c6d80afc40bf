import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Folder } from "../testing/adapter-folder.ts";
import {
  BROKEN,
  createImportBench,
  type ImportBench,
  takenIn,
  tinyAdapter,
  trainedAdapter,
  WITHOUT_LEFTOVERS,
  writeFolder,
} from "../testing/import-bench.ts";
import { problemOf } from "../testing/intake-bench.ts";
import { parseCsv } from "./parse-csv.ts";

let bench: ImportBench;
beforeAll(async () => {
  bench = await createImportBench();
});
afterAll(() => bench.close());

const admin = () => bench.api.admin;
const versionOf = ({ versionId }: { versionId: string | null }) =>
  admin().call("GET /versions/{versionId}", { params: { versionId: versionId ?? "" } });
const reasonsOf = async (importId: string) => {
  const headers = { authorization: `Bearer ${bench.api.adminKey}` };
  const response = await bench.api.fetch(`/api/v1/imports/${importId}/reasons.csv`, { headers });
  expect(response.status).toBe(200);
  return parseCsv(await response.text()).records.map(({ cells }) => cells);
};
describe("forty folders, three of them broken in three ways", () => {
  let importId: string;

  it("become forty rows, of which thirty-seven are ready and three say why not", async () => {
    const names = Array.from({ length: 40 }, (_, n) => `forty-${String(n + 1).padStart(2, "0")}`);
    const special: Record<string, Folder> = {
      "forty-02": trainedAdapter("forty-02"),
      "forty-07": BROKEN.rank("7"),
      "forty-18": BROKEN.base("18"),
      "forty-33": BROKEN.weights("33"),
    };
    const path = await bench.folders(
      "forty",
      Object.fromEntries(names.map((name) => [name, special[name] ?? tinyAdapter(name)])),
    );
    const opened = await bench.importOf(path);
    importId = opened.id;
    expect(opened).toMatchObject({ name: "forty", kind: "directory", state: "open", rowCount: 40, source: path });
    expect(opened.counts.unchecked).toBe(40);
    const checked = await bench.check(importId);
    expect(checked).toMatchObject({ counts: { valid: 37, invalid: 3 }, isBusy: false });
    expect(checked.ready).toMatchObject({ rows: 37, newTenants: 37, newAdapters: 37, guessed: 0 });
    expect(checked.ready.bytes).toBeGreaterThan(37_000);
    expect(checked.poolAfter).toMatchObject({
      tenants: 37,
      adapters: 37,
      cpuCacheNeeded: 45,
      maxCpuLoras: 4,
      maxLoras: 2,
    });
    const cells = async (slug: string) => (await bench.rowOf(importId, slug)).cells;
    expect(await cells("forty-01")).toMatchObject({ files: "pass", weights: "pass", pool: "pass", name: "pass" });
    expect(await cells("forty-07")).toMatchObject({ files: "pass", pool: "error", base: "pass" });
    expect(await cells("forty-18")).toMatchObject({ base: "error", pool: "pass" });
    expect(await cells("forty-33")).toMatchObject({ files: "error", weights: null, pool: null });
  });

  it("are imported but for the three, each with an outcome of its own, and audited once a change", async () => {
    const before = await bench.countAll();
    const done = await bench.run(importId);
    expect(done).toMatchObject({ state: "open", importedCount: 37, counts: { imported: 37, invalid: 3 } });
    expect(done.versionIds).toHaveLength(37);
    expect(await bench.countAll()).toEqual({
      tenants: before.tenants + 37,
      adapters: before.adapters + 37,
      versions: before.versions + 37,
    });
    const row = await bench.rowOf(importId, "forty-01");
    expect(row).toMatchObject({ state: "imported", message: "Version 1 was added." });
    const version = await versionOf(row);
    expect(version).toMatchObject({ state: "ready", number: 1, tenantSlug: "forty-01", adapterSlug: "assistant" });
    expect(takenIn(await versionOf(await bench.rowOf(importId, "forty-02")))).toEqual(WITHOUT_LEFTOVERS);
    expect(await bench.actionsOn(version.id)).toEqual(["version.accept"]);
    expect(await bench.actionsOn(version.tenantId)).toEqual(["tenant.create"]);
    expect(await bench.actionsOn(version.adapterId)).toEqual(["adapter.create"]);
    expect(await bench.actionsOn(importId)).toEqual(["import.run", "import.check", "import.create"]);
    const items = await admin().call("GET /jobs/{jobId}/items", {
      params: { jobId: done.jobId ?? "" },
      query: { limit: 200 },
    });
    expect(items.items.filter(({ state }) => state === "succeeded")).toHaveLength(37);
    expect(items.items[0]).toMatchObject({ label: "forty-01/assistant", result: { type: "version", id: version.id } });
  });

  it("leave a list of reasons that names each of the three, its check and its fix", async () => {
    const [header, ...lines] = await reasonsOf(importId);
    expect(header?.slice(0, 4)).toEqual(["row", "tenant", "adapter", "folder"]);
    const errors = lines.filter((cells) => cells[6] === "error").map((cells) => [cells[1], cells[5], cells[7]]);
    expect(errors).toEqual([
      ["forty-07", "pool", "rank_above_pool"],
      ["forty-18", "base", "base_model_mismatch"],
      ["forty-33", "files", "missing_file"],
    ]);
    expect(lines.every((cells) => cells[9] !== "")).toBe(true);
  });

  it("are resumed by another admin: mended, checked alone, imported, and the import is complete", async () => {
    const other = await bench.api.clientWith(["platform:admin"]);
    const path = join(bench.imports, "forty");
    await writeFolder(join(path, "forty-07"), tinyAdapter("7"));
    await writeFolder(join(path, "forty-18"), tinyAdapter("18"));
    const mended = [await bench.rowOf(importId, "forty-07"), await bench.rowOf(importId, "forty-18")];
    const params = { importId };
    await other.call("POST /imports/{importId}/check", { params, body: { rowIds: mended.map(({ id }) => id) } });
    await bench.work();
    await other.call("PATCH /imports/{importId}/rows/{rowId}", {
      params: { importId, rowId: (await bench.rowOf(importId, "forty-33")).id },
      generation: (await bench.rowOf(importId, "forty-33")).generation,
      body: { skip: true },
    });
    expect(await bench.run(importId)).toMatchObject({ state: "completed", importedCount: 39, skippedCount: 1 });
    expect(await problemOf(other.call("POST /imports/{importId}/run", { params }))).toMatchObject({
      status: 409,
      code: "nothing_to_import",
    });
  });

  it("imported a second time make no second tenant, adapter or version: what is there is found", async () => {
    const before = await bench.countAll();
    const again = await bench.importOf(join(bench.imports, "forty"));
    expect(await bench.check(again.id)).toMatchObject({
      counts: { valid: 39 },
      ready: { newTenants: 0, newAdapters: 0 },
    });
    expect((await bench.rowOf(again.id, "forty-01")).findings.map(({ code }) => code)).toEqual(["same_as_version"]);
    expect(await bench.run(again.id)).toMatchObject({ importedCount: 39 });
    expect(await bench.countAll()).toEqual(before);
    expect((await bench.rowOf(again.id, "forty-01")).message).toContain("was found");
  });

  it("are listed page by page, and by what they need", async () => {
    const page = (query: Record<string, unknown>) =>
      admin().call("GET /imports/{importId}/rows", { params: { importId }, query: { limit: 25, ...query } });
    const first = await page({});
    const second = await page({ cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ position }) => position)).toEqual(
      Array.from({ length: 40 }, (_, n) => n + 1),
    );
    expect(second.nextCursor).toBeNull();
    expect((await page({ filter: "imported" })).items).toHaveLength(25);
    expect((await page({ filter: "needs_work" })).items).toEqual([]);
  });
});

describe("the names of rows", () => {
  it("are proposed from folders, marked where they were guessed, and mended in place", async () => {
    const path = await bench.folders("named", {
      "Blue Café": tinyAdapter("a"),
      "acme--Support Bot": tinyAdapter("b"),
      "acme--support-bot": tinyAdapter("c"),
    });
    const { id } = await bench.importOf(path);
    const checked = await bench.check(id);
    expect(checked).toMatchObject({ counts: { valid: 1, invalid: 2 }, ready: { guessed: 1 } });
    const guessed = await bench.rowOf(id, "blue-cafe");
    expect(guessed).toMatchObject({ tenantName: "Blue Cafe", state: "valid", cells: { name: "warning" } });
    const confirmed = await bench.edit(id, guessed, { tenantSlug: "blue-cafe", tenantName: "Blue Café" });
    expect(confirmed).toMatchObject({ tenantName: "Blue Café", cells: { name: "pass" } });
    const [first] = (await bench.rows(id)).filter(({ tenantSlug }) => tenantSlug === "acme");
    if (first === undefined) throw new Error("no row");
    expect(first.findings.map(({ code }) => code)).toContain("row_duplicate");
    await bench.edit(id, first, { adapterSlug: "sales-bot" });
    expect(await admin().call("GET /imports/{importId}", { params: { importId: id } })).toMatchObject({
      ready: { rows: 3, newTenants: 2, newAdapters: 3, guessed: 0 },
    });
    expect(await problemOf(bench.edit(id, first, { adapterSlug: "late" }))).toMatchObject({ status: 412 });
    expect(await problemOf(bench.edit(id, first, { adapterSlug: "Not A Slug" }))).toMatchObject({
      status: 422,
      errors: [{ field: "adapterSlug" }],
    });
    expect(await bench.run(id)).toMatchObject({ state: "completed", importedCount: 3 });
    const adapters = await admin().call("GET /adapters", { query: { q: "acme" } });
    expect(adapters.items.map(({ slug }) => slug).sort()).toEqual(["sales-bot", "support-bot"]);
  });

  it("that somebody else takes meanwhile are not taken for theirs: neither before the run nor in its middle", async () => {
    const path = await bench.folders("taken", { "taken-1": tinyAdapter("t1"), "taken-2": tinyAdapter("t2") });
    const { id } = await bench.importOf(path);
    await bench.check(id);
    await admin().call("POST /tenants", { body: { slug: "taken-1", name: "Somebody else" } });
    expect(await bench.rowOf(id, "taken-1")).toMatchObject({ state: "invalid", cells: { name: "error" } });
    await admin().call("POST /imports/{importId}/run", { params: { importId: id } });
    await admin().call("POST /tenants", { body: { slug: "taken-2", name: "Somebody else" } });
    await bench.work();
    const row = await bench.rowOf(id, "taken-2");
    expect(row).toMatchObject({ state: "invalid", message: expect.stringContaining("in the meantime") });
    expect((await admin().call("GET /adapters", { query: { q: "taken-" } })).items).toEqual([]);
    // looked at again, it is meant
    await bench.check(id);
    expect(await bench.run(id)).toMatchObject({ state: "completed", importedCount: 2 });
  });

  it("of an adapter that exists bring its next version", async () => {
    const { tenant, adapter } = await bench.freshAdapter();
    const path = await bench.folders("next", { [tenant.slug]: tinyAdapter("next") });
    const { id } = await bench.importOf(path);
    await bench.check(id);
    expect(await bench.rowOf(id, tenant.slug)).toMatchObject({
      tenantId: tenant.id,
      adapterId: adapter.id,
      adapterSlug: "support-bot",
      tenantName: tenant.name,
    });
    await bench.run(id);
    const { items } = await admin().call("GET /versions", { query: { adapterId: adapter.id } });
    expect(items).toMatchObject([{ number: 1, state: "ready" }]);
  });
});

describe("where folders may be", () => {
  const from = (path: string) => problemOf(bench.importOf(path));

  it("is below the roots only, and never through a link", async () => {
    const linked = join(bench.imports, "linked");
    await symlink("/etc", linked);
    for (const path of ["/etc", join(bench.imports, ".."), "relative/path", `${bench.imports}/../x`])
      expect(await from(path)).toMatchObject({
        status: 422,
        errors: [{ field: "path", fix: expect.stringMatching(/\S/) }],
      });
    expect(await from(linked)).toMatchObject({ code: "link_refused" });
    await rm(linked);
    const path = await bench.folders("links", { "links-1": tinyAdapter("l") });
    await symlink("/etc", join(path, "links-2"));
    const { id } = await bench.importOf(path);
    await bench.check(id);
    expect(await bench.rowOf(id, "links-2")).toMatchObject({ state: "invalid", findings: [{ code: "link_refused" }] });
    expect(await bench.rowOf(id, "links-1")).toMatchObject({ state: "valid" });
  });

  it("is told where one adapter's folder was given, or an empty one", async () => {
    const path = await bench.folders("single", { one: tinyAdapter("s") });
    expect(await from(join(path, "one"))).toMatchObject({ code: "single_adapter" });
    await writeFolder(join(bench.imports, "empty"), new Map());
    expect(await from(join(bench.imports, "empty"))).toMatchObject({ code: "no_folders" });
  });

  it("is what a table says, absolute or below the pool's directory; a wrong line is mended in place", async () => {
    await bench.folders("sheet", { a: tinyAdapter("sa"), b: tinyAdapter("sb"), c: tinyAdapter("sc") });
    const text = `Tenant;Name;Adapter;Folder\r\nsheet-a;"Sheet; A";bot;${join(bench.imports, "sheet", "a")}\r\nsheet-b;;;sheet/b\r\nsheet-c;;;sheet/d\r\n`;
    const opened = await admin().call("POST /imports", {
      body: { kind: "csv", poolId: bench.poolId, source: { text } },
    });
    expect(await bench.check(opened.id)).toMatchObject({ counts: { valid: 2, invalid: 1 } });
    expect(await bench.rowOf(opened.id, "sheet-a")).toMatchObject({ tenantName: "Sheet; A", adapterSlug: "bot" });
    const wrong = await bench.rowOf(opened.id, "sheet-c");
    expect(wrong).toMatchObject({ findings: [{ code: "path_not_found" }], cells: { files: "error" } });
    await bench.edit(opened.id, wrong, { location: "sheet/c" });
    await bench.check(opened.id);
    expect(await bench.run(opened.id)).toMatchObject({ state: "completed", importedCount: 3 });
    const refused = admin().call("POST /imports", {
      body: { kind: "csv", poolId: bench.poolId, source: { text: "tenant,path\n,x\n" } },
    });
    expect(await problemOf(refused)).toMatchObject({
      status: 422,
      errors: [{ field: "line 2, column 1", code: "bad_csv" }],
    });
  });
});

describe("folders that were dropped into a page", () => {
  it("are opened row by row: tenant, adapter and draft are made once, and the draft stays the same", async () => {
    const folder = tinyAdapter("dropped");
    const files = [...folder].map(([path, bytes]) => ({ path, sizeBytes: bytes.byteLength }));
    const artifact = { sizeBytes: 1, rank: 16, alpha: 32, dtype: "BF16", baseModel: "x", digest: null };
    const bad = {
      code: "missing_file",
      severity: "error" as const,
      title: "t",
      message: "m",
      fix: "f",
      field: null,
      evidence: [],
    };
    const { id: importId } = await admin().call("POST /imports", {
      body: {
        kind: "browser",
        poolId: bench.poolId,
        rows: [
          { folder: "dropped-1", files, findings: [], artifact },
          { folder: "dropped-2", files: [], findings: [bad], artifact: null },
        ],
      },
    });
    const [good, broken] = await bench.rows(importId);
    if (!good || !broken) throw new Error("no rows");
    const open = (rowId: string) =>
      admin().call("POST /imports/{importId}/rows/{rowId}/open", { params: { importId, rowId } });
    const draft = await open(good.id);
    expect((await open(good.id)).id).toBe(draft.id);
    expect(await problemOf(open(broken.id))).toMatchObject({ code: "row_not_ready" });
    for (const [fileName, stream] of folder)
      await admin().call("PUT /versions/{versionId}/files/{fileName}", {
        params: { versionId: draft.id, fileName },
        stream,
      });
    expect(await bench.rowOf(importId, "dropped-1")).toMatchObject({
      message: expect.stringContaining("upload has begun"),
    });
    await admin().call("POST /versions/{versionId}/complete", { params: { versionId: draft.id } });
    expect(await bench.rowOf(importId, "dropped-1")).toMatchObject({ state: "imported", versionId: draft.id });
    const scan = { files, findings: [], artifact };
    expect(await bench.edit(importId, broken, { look: scan })).toMatchObject({
      state: "valid",
      cells: { files: null },
    });
    for (const path of ["run", "check"] as const)
      expect(
        await problemOf(
          admin().call(`POST /imports/{importId}/${path}`, {
            params: { importId },
            ...(path === "check" ? { body: {} } : {}),
          } as never),
        ),
      ).toMatchObject({ code: "browser_import" });
  });
});

describe("who may", () => {
  it("operators and auditors read, customers do not even that", async () => {
    const path = await bench.folders("rights", { "rights-1": tinyAdapter("r") });
    const { id: importId } = await bench.importOf(path);
    const params = { importId };
    for (const scope of ["platform:operate", "platform:read"] as const) {
      const client = await bench.api.clientWith([scope]);
      expect((await client.call("GET /imports/{importId}", { params })).id).toBe(importId);
      expect(await problemOf(client.call("POST /imports/{importId}/check", { params, body: {} }))).toMatchObject({
        status: 403,
      });
    }
    const { tenant } = await bench.freshAdapter();
    const customer = await bench.api.clientWith(["tenant:admin"], tenant.id);
    expect(await problemOf(customer.call("GET /imports/{importId}", { params }))).toMatchObject({ status: 403 });
    expect(await problemOf(customer.call("GET /imports", { query: {} }))).toMatchObject({ status: 403 });
  });
});
