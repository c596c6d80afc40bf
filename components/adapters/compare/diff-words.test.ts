import { describe, expect, it } from "vitest";
import type { VersionDiff } from "#lib/registry/browser/compare-schema.ts";
import type { Version } from "#lib/registry/schema.ts";
import { initialPair, sentenceOf } from "./diff-words.ts";

const version = (number: number, rest: Partial<Version> = {}) =>
  ({ id: `ver_${number}`, number, state: "ready", aliases: [], ...rest }) as unknown as Version;
const NOBODY = { a: null, b: null };

describe("initialPair", () => {
  it("puts the live version beside the youngest other one, the older on the left", () => {
    const lineage = [version(3), version(2, { aliases: ["live"] }), version(1)];
    expect(initialPair(lineage, NOBODY)).toEqual(["ver_2", "ver_3"]);
    expect(initialPair([version(3, { aliases: ["live"] }), version(2)], NOBODY)).toEqual(["ver_2", "ver_3"]);
  });

  it("passes over deleted versions, and has nothing to offer for a single one", () => {
    expect(initialPair([version(3, { state: "deleted" }), version(2), version(1)], NOBODY)).toEqual(["ver_1", "ver_2"]);
    expect(initialPair([version(1)], NOBODY)).toEqual([null, "ver_1"]);
  });

  it("keeps what the URL names on its side", () => {
    const lineage = [version(3), version(2), version(1)];
    expect(initialPair(lineage, { a: "ver_9", b: "ver_1" })).toEqual(["ver_9", "ver_1"]);
    expect(initialPair(lineage, { a: "ver_1", b: null })).toEqual(["ver_1", "ver_3"]);
    expect(initialPair(lineage, { a: null, b: "ver_1" })).toEqual(["ver_3", "ver_1"]);
  });
});

describe("sentenceOf", () => {
  const diff = (rest: object) =>
    sentenceOf({
      identical: false,
      config: [],
      files: [],
      modules: null,
      norms: [],
      ...rest,
    } as unknown as VersionDiff);

  it("counts what differs, and leaves small changes of norms out", () => {
    expect(
      diff({
        config: [{ same: false }, { same: true }],
        files: [{ change: "equal" }, { change: "changed" }],
        modules: { added: ["x"], removed: [], kept: 3 },
        norms: [{ ratio: 1.1 }, { ratio: 0.5 }, { ratio: null }],
      }),
    ).toBe(
      "1 key of the config differs, 1 of 2 files, 1 module added or removed; the update of 1 of 2 modules differs by over 20\u202f%.",
    );
  });

  it("says what is not known instead of counting it as nothing", () => {
    expect(diff({ config: null })).toBe(
      "Config unknown, 0 of 0 files, modules unknown; the size of the update is not known.",
    );
    expect(diff({ identical: true })).toBe("The same bytes.");
  });
});
