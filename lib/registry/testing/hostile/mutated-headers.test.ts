import { describe, expect, it } from "vitest";
import { parseSafetensorsHeader, type SafetensorsHeader } from "#lib/platform/safetensors/header.ts";
import { seededRandom } from "#lib/platform/safetensors/seeded-random.ts";
import { checkFolder } from "../../browser/check-folder.ts";
import { isFindingCode } from "../../browser/finding-codes.ts";
import { checkTensors } from "../../browser/tensors/check-tensors.ts";
import { findingsOf } from "../../browser/tensors/tensor-problem.ts";
import { folderFiles, POOL_RULES, withTensors } from "../adapter-folder.ts";
import { GOOD, WEIGHTS, withWeights } from "./hostile-folder.ts";
import { mutateWeights } from "./mutate-weights.ts";

const COUNT = 10_000;
/** A whole folder is checked for every so many; the others go through the reader and the tensors' checks. */
const WHOLE_EVERY = 25;
const ALLOWED_BYTES = 150 * 1024 ** 2;

/** A small file keeps ten thousand of them quick: two modules of one layer. */
const small = withTensors(GOOD, (tensors) => tensors.slice(0, 4)).get(WEIGHTS) ?? new Uint8Array();

/** Codes of the reader, or else of the tensors. */
function codesOf(bytes: Uint8Array): string[] {
  const read = parseSafetensorsHeader(bytes);
  if (!read.ok) return [read.problem.code];
  expectSound(read.header, bytes.byteLength);
  return findingsOf(checkTensors(read.header.tensors, () => 16, POOL_RULES.baseShapes).problems).map(
    ({ code }) => code,
  );
}

/** Every byte after the header belongs to exactly one tensor. */
function expectSound({ tensors }: SafetensorsHeader, fileSize: number): void {
  for (const [at, { begin, end }] of tensors.entries()) {
    expect(end).toBeGreaterThanOrEqual(begin);
    if (at > 0) expect(begin).toBe(tensors[at - 1]?.end);
  }
  expect(tensors.at(-1)?.end ?? fileSize).toBe(fileSize);
}

describe("ten thousand mutated headers", () => {
  it("are each refused with a code of the catalogue, or read soundly", async () => {
    const random = seededRandom("mutated headers");
    const before = process.memoryUsage().rss;
    const seen = new Map<string, number>();
    let accepted = 0;
    for (let at = 0; at < COUNT; at += 1) {
      const bytes = mutateWeights(small, random);
      const codes = codesOf(bytes);
      if (codes.length === 0) accepted += 1;
      for (const code of codes) seen.set(code, (seen.get(code) ?? 0) + 1);
      if (at % WHOLE_EVERY > 0) continue;
      const { findings } = await checkFolder(folderFiles(withWeights(bytes)), POOL_RULES);
      expect(findings.filter(({ code }) => !isFindingCode(code))).toEqual([]);
      expect(codes.length === 0 || findings.some(({ severity }) => severity === "error")).toBe(true);
    }
    expect([...seen.keys()].filter((code) => !isFindingCode(code))).toEqual([]);
    expect(seen.size).toBeGreaterThan(15); // the changes reach every rule, not only the parser
    expect(accepted).toBeGreaterThan(100); // and some change nothing that matters
    expect(process.memoryUsage().rss - before).toBeLessThan(ALLOWED_BYTES);
  });
});
