import { describe, expect, it } from "vitest";
import { formatBaseline, nameBaseline } from "./format-baseline.ts";

const none = { baselineNumber: null, baselineOrigin: null, candidateNumber: 3 };
const origin = { endpointId: "end_1", name: "Acme's", baseUrl: "https://api.example.com/v1", model: "gpt-x" };

describe("what a run is measured against", () => {
  it.each([
    [
      { ...none, baselineKind: "live", baselineNumber: 2 },
      "v2, live",
      "version 2, which answered you then",
      "v2, live",
    ],
    [
      { ...none, baselineKind: "origin", baselineOrigin: origin },
      "the customer's current deployment at api.example.com, model gpt-x",
      "your current deployment at api.example.com, model gpt-x",
      "api.example.com",
    ],
    [
      { ...none, baselineKind: "origin" },
      "the customer's current deployment, which is no longer on record",
      "your current deployment, which is no longer on record",
      "current deployment",
    ],
    [
      { ...none, baselineKind: "standalone" },
      "v3 itself, alone on the standalone node",
      "itself, on a machine of its own",
      "itself alone",
    ],
    [
      { ...none, baselineKind: "base" },
      "the base model, which never gates",
      "the standard model, which decides nothing",
      "base model",
    ],
  ] as const)("%j", (run, staff, customer, cell) => {
    expect(formatBaseline(run, "staff")).toBe(staff);
    expect(formatBaseline(run, "customer")).toBe(customer);
    expect(nameBaseline(run)).toBe(cell);
  });
});
