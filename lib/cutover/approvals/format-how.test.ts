import { describe, expect, it } from "vitest";
import { AT_ONCE, DEFAULT_PLAN } from "../browser/canary-defaults.ts";
import { formatHow } from "./format-how.ts";

const STEPWISE = { kind: "stepwise", reason: "", requestsPerHour: 600 } as const;
const SHADOW = { kind: "shadow_only", reason: "", requestsPerHour: 6 } as const;
const move = { toNumber: 3, isReplacing: true };

describe("how a version goes on", () => {
  it.each<[string, Parameters<typeof formatHow>[0], string]>([
    [
      "by shares",
      { ...move, step: "canary", plan: DEFAULT_PLAN, track: STEPWISE },
      "Once approved, version 3 answers 1 % of the conversations, then 5 %, 25 %, 50 %, then all of them; each step only after at least 30 requests went well. It is watched for 60 min more, and rolls back automatically if it does worse.",
    ],
    [
      "after its shares",
      { ...move, step: "live", plan: DEFAULT_PLAN, track: STEPWISE },
      "It answers 50 % of the conversations already. Once approved, version 3 answers all of them. It is watched for 60 min more, and rolls back automatically if it does worse.",
    ],
    [
      "at once",
      { ...move, step: "live", plan: { ...DEFAULT_PLAN, soakMinutes: 240 }, track: SHADOW },
      "Once approved, version 3 answers all requests at once. It is watched for 4 h more, and rolls back automatically if it does worse.",
    ],
    [
      "once another has agreed, too",
      { ...move, step: "canary", plan: { ...DEFAULT_PLAN, ...AT_ONCE }, track: SHADOW },
      "Once approved, it needs a second approval before it goes live. Then version 3 answers all requests at once. The version that answers now stays loaded, so that a rollback is immediate.",
    ],
    [
      "for the first time",
      { ...move, isReplacing: false, step: "live", plan: DEFAULT_PLAN, track: SHADOW },
      "Once approved, version 3 answers all requests at once.",
    ],
  ])("%s", (_name, given, expected) => {
    expect(formatHow(given)).toBe(expected);
  });
});
