import { expect, it } from "vitest";
import { arrivedOf, digestMismatches, missingFiles, sizeMismatches } from "./match-files.ts";

const file = (path: string, sizeBytes: number, receivedBytes = 0, sha256: string | null = null) => ({
  path,
  sizeBytes,
  receivedBytes,
  sha256,
  expectedSha256: "aa",
  receivedAt: null,
});
const draft = { sizeBytes: 100, files: [file("config", 20, 20, "aa"), file("weights", 80, 42)] };
const dropped = (path: string, size: number) => ({ path, file: { size } });

it("tells how much arrived and what is missing", () => {
  expect(arrivedOf(draft)).toEqual({ bytes: 62, total: 100, share: 0.62 });
  expect(missingFiles(draft).map(({ path }) => path)).toEqual(["weights"]);
});

it("takes the same folder, also without the files that have arrived", () => {
  expect(sizeMismatches(draft, [dropped("weights", 80)])).toEqual([]);
  expect(sizeMismatches(draft, [dropped("weights", 80), dropped("config", 20), dropped("readme", 1)])).toEqual([]);
});

it("refuses another folder, by size at once and by digest", () => {
  expect(sizeMismatches(draft, [dropped("config", 20)])).toMatchObject([{ path: "weights" }]);
  expect(sizeMismatches(draft, [dropped("weights", 81)])).toMatchObject([{ path: "weights" }]);
  expect(digestMismatches(draft, new Map([["weights", "aa"]]))).toEqual([]);
  expect(
    digestMismatches(
      draft,
      new Map([
        ["config", "bb"],
        ["weights", "bb"],
      ]),
    ).map(({ path }) => path),
  ).toEqual(["config", "weights"]);
});
