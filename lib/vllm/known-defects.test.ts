import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareReleases, parseRelease } from "#lib/platform/browser/engine-release.ts";
import { engineProfile } from "./engine-profile.ts";
import { KNOWN_DEFECTS, type KnownDefect, matchDefects } from "./known-defects.ts";

const codes = (version: string | null, table?: readonly KnownDefect[]) =>
  engineProfile(version, {}, table).advisories.map(({ code }) => code);

describe("parseRelease", () => {
  it("reads release numbers, not commits", () => {
    expect(parseRelease("0.28.0rc1")).toEqual({ major: 0, minor: 28, patch: 0 });
    expect(parseRelease("0.17.1+cpu")).toEqual({ major: 0, minor: 17, patch: 1 });
    expect(parseRelease("1.0")).toEqual({ major: 1, minor: 0, patch: 0 });
    expect(parseRelease("dev")).toBeNull();
    expect(parseRelease("0.1a.3")).not.toBeNull();
  });

  it("orders releases by number, not by text", () => {
    const triple = fc.tuple(fc.nat(3), fc.nat(40), fc.nat(20));
    fc.assert(
      fc.property(triple, triple, (a, b) => {
        const [left, right] = [parseRelease(a.join(".")), parseRelease(b.join("."))];
        if (!left || !right) throw new Error("a release was not read");
        const weight = ([major, minor, patch]: readonly number[]) =>
          (major ?? 0) * 1_000_000 + (minor ?? 0) * 1_000 + (patch ?? 0);
        expect(Math.sign(compareReleases(left, right))).toBe(Math.sign(weight(a) - weight(b)));
      }),
    );
  });
});

describe("the table of known defects", () => {
  it("holds codes once each, all with a fix, and ranges that can be read", () => {
    expect(new Set(KNOWN_DEFECTS.map(({ code }) => code)).size).toBe(KNOWN_DEFECTS.length);
    for (const defect of KNOWN_DEFECTS) {
      expect(defect.code).toMatch(/^engine_[a-z0-9_]+$/);
      expect([defect.message, defect.fix, defect.reference].every((text) => text.length > 0)).toBe(true);
      for (const bound of [defect.from, defect.fixedIn]) if (bound !== null) expect(parseRelease(bound)).not.toBeNull();
    }
  });

  it.each([
    ["0.25.0", "engine_wrong_adapter_under_load", false],
    ["0.24.9", "engine_wrong_adapter_under_load", true],
    ["0.6.6", "engine_silent_load", true],
    ["0.7.0", "engine_silent_load", false],
    ["0.11.0", "engine_adapters_bypass", false],
    ["0.11.1", "engine_adapters_bypass", true],
    ["0.14.0", "engine_cve_2026_24779", true],
    ["0.14.1", "engine_cve_2026_24779", false],
    ["0.32.0", "engine_inplace_reload", true],
    ["0.32.0", "engine_cpu_base_rows", false],
  ])("says of %s whether it has %s: %s", (version, code, has) => {
    expect(matchDefects(version)?.some((defect) => defect.code === code)).toBe(has);
  });

  it("knows what only engines on a CPU do", () => {
    const of = (backend: "cpu" | "gpu" | null) => matchDefects("0.32.0", { backend })?.map(({ code }) => code);
    expect(of("cpu")).toContain("engine_cpu_base_rows");
    expect(of("gpu")).not.toContain("engine_cpu_base_rows");
    expect(of(null)).not.toContain("engine_cpu_base_rows");
  });

  it("says nothing of what is no release", () => {
    expect(matchDefects(null)).toBeNull();
    expect(matchDefects("dev")).toBeNull();
  });
});

describe("engineProfile", () => {
  it("warns below 0.25, of each vulnerability below its fix, and of an unknown version", () => {
    expect(codes("0.25.0")).toEqual([]);
    expect(codes("1.2.0")).toEqual([]);
    expect(codes("0.24.9")).toEqual(["engine_wrong_adapter_under_load"]);
    expect(codes("0.17.0")).toEqual([
      "engine_wrong_adapter_under_load",
      "engine_cve_2026_27893",
      "engine_cve_2026_44222",
    ]);
    expect(codes(null)).toEqual(["engine_version_unknown"]);
    expect(codes("main@017e9f4")).toEqual(["engine_version_unknown"]);
  });

  it("judges by the table it is given, so that a new row counts at once", () => {
    const row: KnownDefect = {
      code: "engine_found_today",
      kind: "unsafe",
      from: "0.32.0",
      fixedIn: "0.32.1",
      reference: "#1",
      message: "It answers with yesterday's weather.",
      fix: "Upgrade.",
    };
    expect(codes("0.32.0")).toEqual([]);
    expect(codes("0.32.0", [...KNOWN_DEFECTS, row])).toEqual(["engine_found_today"]);
    expect(codes("0.32.1", [...KNOWN_DEFECTS, row])).toEqual([]);
    expect(codes("0.24.0", [])).toEqual([]);
  });

  it.each([
    ["0.6.3", "0.6.3", 200, true],
    ["0.6.6", "0.6.3", 200, false],
    ["0.5.0", "0.6.3", 200, false],
    ["0.7.0", "0.7-0.17", 400, true],
    ["0.17.1", "0.7-0.17", 400, true],
    ["0.18.0", "0.25+", 500, false],
    ["0.24.2", "0.25+", 500, false],
    ["0.25.0", "0.25+", 500, true],
    ["0.33.0", "0.25+", 500, true],
    ["1.0.0", "0.25+", 500, false],
  ])("reads %s as %s (%d for a bad adapter), exactly: %s", (version, id, badAdapterStatus, isExact) => {
    const profile = engineProfile(version);
    expect(profile).toMatchObject({ id, badAdapterStatus, validatesOnLoad: id !== "0.6.3" });
    if (isExact) expect(profile.substitution).toBeNull();
    else expect(profile.substitution?.message).toContain(`vLLM ${version} has no profile of its own`);
  });
});
