import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Slug } from "#lib/http/schema.ts";
import { judgeNames, type KnownNames, type NamedRow } from "./judge-names.ts";
import { proposeNames } from "./propose-names.ts";

/** Any UTF-16, broken pairs included. */
const wild = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
  .map((codes) => String.fromCharCode(...codes));

describe("the names that a folder proposes", () => {
  it.each([
    ["acme", "acme", "assistant", false],
    ["acme--support-bot", "acme", "support-bot", false],
    ["Acme Support", "acme-support", "assistant", true],
    ["Müller_GmbH", "mueller-gmbh", "assistant", true],
    ["acme--Support Bot", "acme", "support-bot", true],
    ["acme--bot--v3", "acme", "bot-v3", true],
    ["--bot", "bot", "assistant", true],
    ["x", "tenant-7", "assistant", true],
    ["株式会社", "tenant-7", "assistant", true],
  ])("%j → %s/%s", (folder, tenantSlug, adapterSlug, isGuess) => {
    expect(proposeNames(folder, "Assistant", 7)).toMatchObject({ tenantSlug, adapterSlug, isGuess });
  });

  it("are slugs whatever the folder is called, and a slug stays as it is", () => {
    fc.assert(
      fc.property(wild, wild, (folder, adapterName) => {
        const { tenantSlug, adapterSlug } = proposeNames(folder, adapterName, 1);
        expect(Slug.safeParse(tenantSlug).success && Slug.safeParse(adapterSlug).success).toBe(true);
        expect(proposeNames(tenantSlug, adapterName, 1)).toMatchObject({ tenantSlug, isGuess: false });
      }),
    );
  });
});

const row = (id: string, more: Partial<NamedRow> = {}): NamedRow => ({
  id,
  position: Number(id),
  tenantSlug: "acme",
  adapterSlug: "bot",
  isGuess: false,
  state: "valid",
  seenTenantId: null,
  seenAdapterId: null,
  digest: null,
  ...more,
});
const NOTHING: KnownNames = { poolId: "pool_1", tenants: [], adapters: [], bytes: [] };
const acme = { id: "ten_1", slug: "acme", name: "Acme", status: "active" as const };
const bot = { id: "adp_1", tenantId: "ten_1", slug: "bot", name: "Bot", poolId: "pool_1", isDefault: true };
const KNOWN: KnownNames = { ...NOTHING, tenants: [acme], adapters: [bot] };
const seen = { seenTenantId: "ten_1", seenAdapterId: "adp_1" };

const codes = (rows: readonly NamedRow[], known: KnownNames) =>
  [...judgeNames(rows, known).values()].map(({ findings }) =>
    findings.map(({ code, severity }) => `${severity} ${code}`),
  );

describe("the names of rows", () => {
  it("are free, or those of what is there already", () => {
    expect(codes([row("1")], NOTHING)).toEqual([["pass name_new_tenant"]]);
    expect(codes([row("1", { ...seen, adapterSlug: "other", seenAdapterId: null })], KNOWN)).toEqual([
      ["note name_new_adapter"],
    ]);
    expect(codes([row("1", seen)], KNOWN)).toEqual([["note name_new_version"]]);
  });

  it("may not be those of another row, unless that one is out of the game", () => {
    const [a, b] = [row("1"), row("2")];
    expect(codes([a, b], NOTHING)).toEqual([["error row_duplicate"], ["error row_duplicate"]]);
    expect(codes([a, row("2", { state: "skipped" })], NOTHING)[0]).toEqual(["pass name_new_tenant"]);
    expect(codes([row("1", seen), row("2", { ...seen, state: "imported" })], KNOWN)[0]).toEqual([
      "note name_new_version",
    ]);
    expect(codes([a, row("2", { adapterSlug: "other" })], NOTHING).flat()).not.toContain("error row_duplicate");
  });

  it("are not taken for somebody else's that came meanwhile", () => {
    expect(codes([row("1")], KNOWN)).toEqual([["error tenant_taken_meanwhile"]]);
    expect(codes([row("1", { seenTenantId: "ten_1" })], KNOWN)).toEqual([["error adapter_taken_meanwhile"]]);
  });

  it("may not be those of a tenant that leaves, or of an adapter of another pool", () => {
    const leaving: KnownNames = { ...KNOWN, tenants: [{ ...acme, status: "offboarding" }] };
    expect(codes([row("1", seen)], leaving)).toEqual([["error tenant_leaving"]]);
    expect(codes([row("1", seen)], { ...KNOWN, poolId: "pool_2" })).toEqual([["error adapter_in_other_pool"]]);
  });

  it("say when they were guessed, and when the bytes are there already", () => {
    const bytes = [{ tenantId: "ten_1", digest: "d", adapterId: "adp_1", adapterSlug: "bot", number: 3 }];
    expect(codes([row("1", { ...seen, isGuess: true, digest: "d" })], { ...KNOWN, bytes })).toEqual([
      ["note name_new_version", "warning name_guessed", "warning same_as_version"],
    ]);
    const other = [{ ...bytes[0], tenantId: "ten_1", digest: "d", adapterId: "adp_9", adapterSlug: "old", number: 1 }];
    expect(codes([row("1", { ...seen, digest: "d" })], { ...KNOWN, bytes: other })).toEqual([
      ["note name_new_version", "note bytes_known"],
    ]);
  });
});
