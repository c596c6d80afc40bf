import { describe, expect, it } from "vitest";
import { NODE_HEALTHS, PLACEMENT_STATES, ROLLOUT_PHASES, ROLLOUT_STATES } from "#lib/fleet/schema.ts";
import { VERSION_STATES } from "#lib/registry/schema.ts";
import { SERVICE_STATES } from "#lib/telemetry/schema.ts";
import { type AnyStatus, STATUS, statusWord } from "./status-words.ts";

describe("the status vocabulary", () => {
  it.each([
    ["service", SERVICE_STATES],
    ["node", NODE_HEALTHS],
    ["placement", PLACEMENT_STATES],
    ["rollout", ROLLOUT_STATES],
    ["rollout_node", ROLLOUT_PHASES],
    ["version", VERSION_STATES],
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
