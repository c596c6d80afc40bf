import { describe, expect, it } from "vitest";
import { OBJECTIVE_STATES } from "#lib/alerting/browser/objective-kinds.ts";
import { SERVICE_STATES } from "#lib/alerting/schema.ts";
import { BATCH_ROW_STATES, BATCH_STATES } from "#lib/cutover/browser/batch-schema.ts";
import { NODE_HEALTHS, PLACEMENT_STATES, ROLLOUT_PHASES, ROLLOUT_STATES } from "#lib/fleet/schema.ts";
import { JOB_ITEM_STATES, JOB_STATES } from "#lib/jobs/schema.ts";
import { IMPORT_STATES, ROW_STATES } from "#lib/registry/browser/import-schema.ts";
import { OFFBOARDING_STATES } from "#lib/registry/browser/offboarding-schema.ts";
import { TENANT_STATUSES, VERSION_STATES } from "#lib/registry/schema.ts";
import { REQUEST_OUTCOMES } from "#lib/requests/browser/request-schema.ts";
import { type AnyStatus, STATUS, statusWord } from "./status-words.ts";

describe("the status vocabulary", () => {
  it.each([
    ["service", SERVICE_STATES],
    ["node", NODE_HEALTHS],
    ["placement", PLACEMENT_STATES],
    ["rollout", ROLLOUT_STATES],
    ["rollout_node", ROLLOUT_PHASES],
    ["version", VERSION_STATES],
    ["tenant", TENANT_STATUSES],
    ["offboarding_step", OFFBOARDING_STATES],
    ["job", JOB_STATES],
    ["batch", BATCH_STATES],
    ["batch_row", BATCH_ROW_STATES],
    ["job_item", JOB_ITEM_STATES],
    ["import", IMPORT_STATES],
    ["import_row", ROW_STATES],
    ["request", REQUEST_OUTCOMES],
    ["objective", OBJECTIVE_STATES],
  ] as const)("has a word for every state of a %s that the API can send", (object, states) => {
    expect(Object.keys(STATUS[object])).toEqual(expect.arrayContaining([...states]));
  });

  it("shows a state it does not know as unknown, never as fine", () => {
    const foreign = { of: "node", is: "levitating" } as unknown as AnyStatus;
    expect(statusWord(foreign)).toEqual({ role: "unknown", word: "Unknown" });
  });

  it("never calls the unknown healthy", () => {
    for (const words of Object.values(STATUS)) {
      for (const [is, [role]] of Object.entries(words)) if (is === "unknown") expect(role).toBe("unknown");
    }
  });
});
