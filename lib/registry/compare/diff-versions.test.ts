import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { VersionDiff } from "../browser/compare-schema.ts";
import type { Version } from "../schema.ts";
import { diffNorms, scaleOf } from "./diff-norms.ts";
import { diffVersions, type Side } from "./diff-versions.ts";

const VERSION: Version = {
  id: "ver_a",
  tenantId: "ten_a",
  tenantSlug: "acme",
  tenantName: "acme",
  adapterId: "adp_a",
  adapterSlug: "bot",
  number: 1,
  state: "ready",
  status: "ready",
  aliases: [],
  stateReason: null,
  stateChangedAt: null,
  rollback: null,
  verifiedAt: null,
  digest: "a".repeat(64),
  loraName: null,
  sizeBytes: 100,
  rank: 16,
  alpha: 32,
  rsLora: false,
  targetModules: ["q_proj"],
  dtype: "BF16",
  tensorCount: 2,
  baseModel: "base",
  architectureChecksum: null,
  tokenizerChecksum: null,
  chatTemplateChecksum: null,
  sequenceLimit: null,
  checkReport: null,
  origin: { by: "ann", at: "2026-11-24T10:00:00.000Z", source: "upload", note: null },
  files: [],
  expiresAt: null,
  generation: 1,
  createdAt: "2026-11-24T10:00:00.000Z",
};
const side = (change: Partial<Version> = {}, rest: Partial<Omit<Side, "version">> = {}): Side => ({
  version: { ...VERSION, ...change },
  norms: null,
  config: null,
  tensors: null,
  ...rest,
});
const file = (path: string, sha: string | null, sizeBytes = 10) => ({
  path,
  sizeBytes,
  receivedBytes: sizeBytes,
  sha256: sha,
  expectedSha256: null,
  receivedAt: null,
});
const Q0 = "model.layers.0.self_attn.q_proj";
const Q1 = "model.layers.1.self_attn.q_proj";
const changedKeys = (rows: readonly { key: string; same: boolean }[] | null) =>
  rows?.filter(({ same }) => !same).map(({ key }) => key);

const path = fc.constantFrom(Q0, Q1, "model.layers.10.mlp.up_proj", "lm_head", "__proto__", "constructor");
const norm = fc.double({ min: 0, max: 1e3, noNaN: true });
const anySide: fc.Arbitrary<Side> = fc.record({
  version: fc
    .record({
      rank: fc.option(fc.integer({ min: 1, max: 64 })),
      alpha: fc.option(fc.integer({ min: 1, max: 64 })),
      digest: fc.option(fc.constantFrom("a".repeat(64), "b".repeat(64))),
      files: fc.uniqueArray(
        fc.record({ path: fc.constantFrom("x", "y", "z"), sha: fc.option(fc.constantFrom("1", "2")) }),
        { selector: (each) => each.path },
      ),
    })
    .map(({ files, ...facts }) => ({ ...VERSION, ...facts, files: files.map((each) => file(each.path, each.sha)) })),
  norms: fc.option(fc.dictionary(path, fc.tuple(norm, norm))),
  config: fc.option(fc.dictionary(fc.string(), fc.jsonValue())),
  tensors: fc.option(
    fc.uniqueArray(
      path.map((name) => ({ name: `base_model.model.${name}.lora_A.weight`, dtype: "BF16" as const, shape: [16, 8] })),
      { selector: ({ name }) => name },
    ),
  ),
});

const MIRRORED = {
  equal: "equal",
  changed: "changed",
  unknown: "unknown",
  only_a: "only_b",
  only_b: "only_a",
} as const;
const swapRow = <T extends { a: unknown; b: unknown }>(row: T) => ({ ...row, a: row.b, b: row.a });
/** What the comparison must be the other way round; rows of norms are compared apart from their order. */
const mirrored = (diff: VersionDiff) => ({
  ...diff,
  a: diff.b,
  b: diff.a,
  facts: diff.facts.map(swapRow),
  config: diff.config?.map(swapRow) ?? null,
  tensors: diff.tensors?.map(swapRow) ?? null,
  files: diff.files.map((row) => ({ ...swapRow(row), change: MIRRORED[row.change] })),
  modules: diff.modules && { ...diff.modules, added: diff.modules.removed, removed: diff.modules.added },
  norms: byPath(diff).map(({ ratio: _ratio, ...row }) => swapRow(row)),
});
const byPath = ({ norms }: VersionDiff) => [...norms].sort((x, y) => (x.path < y.path ? -1 : 1));

describe("diffVersions", () => {
  it("finds nothing between a version and itself", () => {
    fc.assert(
      fc.property(anySide, (each) => {
        const diff = diffVersions(each, each);
        expect([changedKeys(diff.facts), changedKeys(diff.config) ?? [], changedKeys(diff.tensors) ?? []]).toEqual([
          [],
          [],
          [],
        ]);
        expect(diff.files.every(({ change }) => change === "equal" || change === "unknown")).toBe(true);
        expect([...(diff.modules?.added ?? []), ...(diff.modules?.removed ?? [])]).toEqual([]);
        expect(diff.norms.every(({ ratio }) => ratio === null || ratio === 1)).toBe(true);
        expect(diff.identical).toBe(each.version.digest === null ? null : true);
      }),
    );
  });

  it("says the same the other way round", () => {
    fc.assert(
      fc.property(anySide, anySide, (a, b) => {
        const back = diffVersions(b, a);
        const norms = byPath(back).map(({ ratio: _ratio, ...row }) => row);
        expect({ ...back, norms }).toEqual(mirrored(diffVersions(a, b)));
      }),
    );
  });

  it("shows a changed rank and its scale, and no order of modules for a difference", () => {
    const diff = diffVersions(
      side({ targetModules: ["q_proj", "v_proj"] }),
      side({ rank: 8, targetModules: ["v_proj", "q_proj"] }),
    );
    expect(changedKeys(diff.facts)).toEqual(["rank", "scale"]);
  });

  it("tells keys of the config that one alone has from those that differ", () => {
    const diff = diffVersions(side({}, { config: { r: 16, bias: "none" } }), side({}, { config: { r: 8, new: null } }));
    expect(diff.config).toEqual([
      { key: "bias", a: "none", b: null, same: false },
      { key: "new", a: null, b: "null", same: false },
      { key: "r", a: "16", b: "8", same: false },
    ]);
  });

  it("tells files apart by digest, and does not guess about what has not arrived", () => {
    const a = side({ files: [file("same", "1"), file("other", "1"), file("gone", "1"), file("draft", "1")] });
    const b = side({ files: [file("same", "1"), file("other", "2"), file("new", "1"), file("draft", null)] });
    expect(Object.fromEntries(diffVersions(a, b).files.map((row) => [row.path, row.change]))).toEqual({
      same: "equal",
      other: "changed",
      gone: "only_a",
      new: "only_b",
      draft: "unknown",
    });
  });

  it("lists modules that came and went, and sums tensors up by module", () => {
    const tensor = (name: string, shape: number[]) => ({
      name: `base_model.model.${name}`,
      dtype: "BF16" as const,
      shape,
    });
    const a = side({}, { tensors: [tensor(`${Q0}.lora_A.weight`, [16, 8]), tensor(`${Q1}.lora_A.weight`, [16, 8])] });
    const b = side({}, { tensors: [tensor(`${Q0}.lora_A.weight`, [8, 8]), tensor("lm_head.lora_A.weight", [8, 8])] });
    const diff = diffVersions(a, b);
    expect(diff.modules).toEqual({ added: ["lm_head"], removed: [Q1], kept: 1 });
    expect(diff.tensors?.map(({ key, same }) => [key, same])).toEqual([
      ["lm_head A", false],
      ["q_proj A", false],
    ]);
  });

  it("knows nothing of modules, config and tensors where a version's bytes cannot be read", () => {
    const diff = diffVersions(side({}, { config: {}, tensors: [] }), side());
    expect([diff.config, diff.tensors, diff.modules]).toEqual([null, null, null]);
  });
});

describe("diffNorms", () => {
  it("bounds each update by scale, A and B, and puts what changed most first", () => {
    const a = { norms: { [Q0]: [2, 3], [Q1]: [1, 1], same: [1, 1], gone: [1, 1] }, scale: 2 } as const;
    const b = { norms: { [Q0]: [2, 6], [Q1]: [0.25, 1], same: [1, 1] }, scale: 2 } as const;
    const rows = diffNorms(a, b);
    expect(rows.map((row) => [row.path, row.layer, row.module, row.a?.bound ?? null, row.ratio])).toEqual([
      ["gone", null, "gone", 2, null],
      [Q1, 1, "self_attn.q_proj", 2, 0.25],
      [Q0, 0, "self_attn.q_proj", 12, 2],
      ["same", null, "same", 2, 1],
    ]);
  });

  it("has no bound without a scale, and no rows where neither has norms", () => {
    const norms = { [Q0]: [2, 3] } as const;
    expect(diffNorms({ norms, scale: null }, { norms, scale: 1 })[0]).toMatchObject({
      a: { bound: null },
      ratio: null,
    });
    expect(diffNorms({ norms: null, scale: 1 }, { norms: null, scale: 1 })).toEqual([]);
  });

  it("scales by alpha over r, and over its root with rsLoRA", () => {
    expect(scaleOf({ rank: 16, alpha: 32, rsLora: false })).toBe(2);
    expect(scaleOf({ rank: 16, alpha: 32, rsLora: true })).toBe(8);
    expect(scaleOf({ rank: null, alpha: 32, rsLora: null })).toBeNull();
  });
});
