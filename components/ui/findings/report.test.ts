import { describe, expect, it } from "vitest";
import type { Finding } from "#lib/registry/schema.ts";
import { reportJson, sectionsOf, summaryOf } from "./report.ts";

const finding = (code: string, severity: Finding["severity"]): Finding => ({
  code,
  severity,
  title: code,
  message: "",
  fix: null,
  field: null,
  evidence: [],
});
const files = finding("files_complete", "pass");
const dora = finding("dora", "error");
const unknown = finding("config_unknown_keys", "note");
const rank = finding("rank_below_pool", "warning");
const old = finding("a_code_of_last_year", "note");

describe("a check report on the screen", () => {
  it("counts in words, and says so when there is no error", () => {
    expect(summaryOf([dora, dora, rank, files])).toBe("2 errors, 1 warning, 1 passed");
    expect(summaryOf([files, unknown])).toBe("No errors, 1 note, 1 passed");
  });

  it("puts the group with the worst finding first, and the worst of a group first", () => {
    const sections = sectionsOf([files, unknown, dora, rank, old]);
    expect(sections.map(({ group }) => group)).toEqual(["config", "pool", "other", "files"]);
    expect(sections[0]?.findings).toEqual([dora, unknown]);
  });

  it("gives the report away with group and page of each code", () => {
    const { summary, findings } = JSON.parse(reportJson([old, dora]));
    expect(summary).toEqual({ error: 1, warning: 0, note: 1, pass: 0 });
    expect(findings).toMatchObject([
      { code: "dora", group: "config", docs: "/help/checks/dora" },
      { code: "a_code_of_last_year", group: "other", docs: null },
    ]);
  });
});
