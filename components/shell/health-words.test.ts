import { describe, expect, it } from "vitest";
import type { Problem } from "#lib/http/schema.ts";
import { healthWords } from "./health-words.ts";

const HEALTHY = { ok: true, sentence: "All well", troubles: [] };
const problem = (change: Partial<Problem>): Problem => ({
  type: "about:blank",
  title: "Failed",
  status: 500,
  code: "internal",
  detail: "Something went wrong on our side.",
  fix: null,
  requestId: "req_1",
  errors: [],
  ...change,
});

describe("the system health link", () => {
  it("repeats what the API says of itself", () => {
    expect(healthWords(HEALTHY, null, false)).toEqual({ state: "ok", sentence: "All well", detail: "All well" });
    const troubles = ["Scrape 4 min late", "Queue 3 min old"];
    expect(healthWords({ ok: false, sentence: "2 troubles", troubles }, null, false)).toEqual({
      state: "warn",
      sentence: "2 troubles",
      detail: "Scrape 4 min late; Queue 3 min old",
    });
  });

  it("says nothing before the first answer", () => {
    expect(healthWords(undefined, null, false)).toBeNull();
  });

  it.each([
    [0, "Console unreachable"],
    [502, "Console unreachable (502)"],
  ])("names the console when nothing of ours answered (%i)", (status, sentence) => {
    const failure = problem({ code: "no_answer", status, detail: "Switchyard cannot be reached.", requestId: "" });
    expect(healthWords(HEALTHY, failure, false)).toEqual({
      state: "unknown",
      sentence,
      detail: "Switchyard cannot be reached.",
    });
  });

  it("names the API, with its request, when its own answer is an error", () => {
    expect(healthWords(HEALTHY, problem({ status: 503 }), false)).toEqual({
      state: "bad",
      sentence: "API error 503",
      detail: "Something went wrong on our side. Request req_1.",
    });
  });

  it("speaks of no outage while the reader is signed out", () => {
    const words = healthWords(HEALTHY, null, true);
    expect(words).toMatchObject({ state: "unknown", sentence: "Signed out" });
    expect(JSON.stringify(words)).not.toMatch(/answer|reach|error|unavailable|well/i);
  });
});
