import { describe, expect, it } from "vitest";
import type { AlertEvidence } from "#lib/alerting/browser/alert-schema.ts";
import { limitWords } from "./evidence-limit.ts";

const seen = (metric: AlertEvidence["metric"], unit: string, threshold: number | null): AlertEvidence => ({
  metric,
  figure: { value: 0.25, unit, source: "measured", simulated: false, asOf: null, coverage: null },
  threshold,
  ...{ reason: null, note: null, adapters: null, touches: [], tenantIds: [] },
});

describe("what a figure on the triage page is held against", () => {
  it.each([
    ["a p95", seen("latency", "ms", 1_500), "threshold 1.50 s"],
    ["a first token's p95", seen("ttft", "ms", 800), "threshold 800 ms"],
    ["a share of fallbacks", seen("fallback-share", "ratio", 0.2), "threshold 20 %"],
    ["a share of errors", seen("errors", "ratio", 0.01), "threshold 1 %"],
    ["a count of evictions", seen("evictions", "count", 50), "threshold 50"],
    ["a share of late replies", seen("latency", "ratio", 1_500), "of requests had no complete reply within 1.50 s"],
    ["a share of late first tokens", seen("ttft", "ratio", 800), "of requests had no first token within 800 ms"],
  ])("%s", (_, evidence, words) => {
    expect(limitWords(evidence, "en-GB")?.replaceAll("\u00a0", " ").replaceAll("\u202f", " ")).toBe(words);
  });

  it("is nothing where the rule has no limit, or saw no figure", () => {
    expect(limitWords(seen("latency", "ms", null), "en-GB")).toBeNull();
    expect(limitWords({ ...seen("latency", "ms", 1_500), figure: null }, "en-GB")).toBeNull();
  });
});
