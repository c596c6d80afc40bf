import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goodFolder, withKey } from "../testing/adapter-folder.ts";
import { createIntakeBench, errorsOf, type IntakeBench, problemOf } from "../testing/intake-bench.ts";
import { registerVersion } from "../testing/register.ts";

const FIXTURES = new URL("../../../e2e/fixtures/adapters/", import.meta.url).pathname;
const good = goodFolder("support-bot");

let bench: IntakeBench;
beforeAll(async () => {
  bench = await createIntakeBench();
});
afterAll(() => bench.close());

describe("a folder the server can read", () => {
  const importFrom = (adapterId: string, path: string, idempotencyKey?: string) =>
    bench.api.admin.call("POST /adapters/{adapterId}/versions/from-path", {
      params: { adapterId },
      body: { path, origin: { note: "nightly export" } },
      ...(idempotencyKey ? { idempotencyKey } : {}),
    });
  const place = async (name: string, change?: (directory: string) => Promise<void>) => {
    const directory = join(bench.imports, name);
    await cp(join(FIXTURES, "support-bot"), directory, { recursive: true });
    await change?.(directory);
    return directory;
  };

  it("is copied, checked and stored like an upload of the same files", async () => {
    const { adapter } = await bench.freshAdapter();
    const path = await place("same");
    const leftovers = ["README.md", "training_args.bin", "optimizer.pt", "rng_state_0.pth"];
    for (const name of leftovers) await writeFile(join(path, name), "x");
    await cp(join(FIXTURES, "support-bot"), join(path, "checkpoint-10"), { recursive: true });
    const imported = await importFrom(adapter.id, path, "import-once");
    expect(imported).toMatchObject({ state: "ready", number: 1, origin: { source: path, note: "nightly export" } });
    expect(imported.files.every(({ sizeBytes, receivedBytes, sha256 }) => sizeBytes === receivedBytes && sha256)).toBe(
      true,
    );
    const ignored = imported.checkReport?.findings.find(({ code }) => code === "file_ignored")?.evidence[0]?.value;
    expect(ignored?.split(", ").sort()).toEqual([...leftovers, "checkpoint-10/"].sort());
    expect((await registerVersion(bench.api.admin, adapter.id, good)).digest).toBe(imported.digest);
    expect(await importFrom(adapter.id, path, "import-once")).toEqual(imported);
    expect(await bench.actionsOn(imported.id)).toEqual(["version.accept"]);
  });

  it("is not named to the customer, whose version it became", async () => {
    const { adapter } = await bench.freshAdapter();
    const { id, tenantId } = await importFrom(adapter.id, await place("nightly"));
    const customer = await bench.api.clientWith(["tenant:read"], tenantId);
    const { origin } = await customer.call("GET /versions/{versionId}", { params: { versionId: id } });
    expect(origin).toMatchObject({ by: "Your provider", source: "Your provider", note: "nightly export" });
    const listed = await customer.call("GET /versions", { query: { adapterId: adapter.id } });
    expect(listed.items.map((version) => version.origin)).toEqual([origin]);
  });

  it("with a bad adapter becomes a rejected version, and nothing of it stays in the store", async () => {
    const { adapter } = await bench.freshAdapter();
    const before = await bench.incoming();
    const path = await place("bad-rank", (directory) =>
      writeFile(
        join(directory, "adapter_config.json"),
        withKey(good, "adapter_config.json", "r", 8).get("adapter_config.json") ?? "",
      ),
    );
    const version = await importFrom(adapter.id, path);
    expect(version.state).toBe("rejected");
    expect(errorsOf(version).map(([code]) => code)).toEqual(["rank_mismatch"]);
    expect(await bench.incoming()).toEqual(before);
  });

  it.each([
    ["a pickle", "adapter_model.bin", "pickle_refused"],
    ["a program", "convert.py", "program_refused"],
  ])("with %s is refused, and changes nothing", async (_what, name, code) => {
    const { adapter } = await bench.freshAdapter();
    const path = await place(`with-${name}`, (directory) => writeFile(join(directory, name), "x"));
    expect(await problemOf(importFrom(adapter.id, path))).toMatchObject({
      status: 422,
      errors: [{ field: name, code }],
    });
    expect((await bench.api.admin.call("GET /versions", { query: { adapterId: adapter.id } })).items).toEqual([]);
  });

  it("outside the allowed roots is refused without a word about what is there", async () => {
    const { adapter } = await bench.freshAdapter();
    for (const path of ["/etc", "/no/such/place", `${bench.imports}/../..`, FIXTURES])
      expect(await problemOf(importFrom(adapter.id, path))).toMatchObject({
        status: 422,
        errors: [{ field: "path", code: "path_outside_roots" }],
      });
    expect(await problemOf(importFrom(adapter.id, "support-bot"))).toMatchObject({
      errors: [{ field: "path", code: "path_not_absolute" }],
    });
  });
});
