import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlacementProgress } from "#lib/evals/running/placement-progress.ts";
import { decideWarming, stallLimitMs, type WarmingFacts } from "./decide-warming.ts";

const now = new Date("2026-11-24T12:00:00Z");
const ago = (ms: number) => new Date(now.getTime() - ms);
const decide = (progress: Partial<PlacementProgress>, change: Partial<WarmingFacts> = {}) =>
  decideWarming(
    {
      name: "Version 3",
      refusal: null,
      state: "ready",
      warmingSince: ago(1000),
      ...change,
      progress: { routable: [], waiting: [], failed: [], since: null, ...progress },
    },
    now,
  );

describe("decideWarming", () => {
  it.each<[string, ReturnType<typeof decide>]>([
    ["advance", decide({ routable: ["node-1", "node-2"] })],
    ["advance", decide({ routable: ["node-1"] }, {})],
    ["wait", decide({ routable: ["node-1"], waiting: ["node-2: Being loaded."] })],
    ["wait", decide({})],
    ["abort", decide({ routable: ["node-1"], failed: ["node-2: A file is damaged."] })],
    ["abort", decide({ routable: ["node-1"] }, { refusal: "Version 2 failed its gate." })],
    ["abort", decide({ routable: ["node-1"] }, { state: "quarantined" })],
    ["abort", decide({ waiting: ["node-1: Being loaded."] }, { warmingSince: ago(stallLimitMs) })],
    ["wait", decide({ waiting: ["node-1: x."], since: ago(9000) }, { warmingSince: ago(stallLimitMs) })],
  ])("decides to %s", (kind, decision) => {
    expect(decision.kind).toBe(kind);
  });

  it("says where it stands, and that an abort switched nothing", () => {
    expect(decide({ routable: ["node-1"], waiting: ["node-2: Being loaded."] })).toEqual({
      kind: "wait",
      message: "Routable on 1 of 2 nodes. node-2: Being loaded.",
    });
    expect(decide({ failed: ["node-2: A file is damaged."] })).toEqual({
      kind: "abort",
      message: "Version 3 could not be loaded everywhere. node-2: A file is damaged. Nothing was switched.",
    });
  });

  it("advances only when every serving node has it, behind a gate or an override", () => {
    const names = fc.array(fc.constantFrom("node-1: x", "node-2: y"), { maxLength: 2 });
    fc.assert(
      fc.property(
        names,
        names,
        names,
        fc.constantFrom(null, "Version 2 failed its gate."),
        fc.constantFrom("ready", "quarantined", "retired"),
        (routable, waiting, failed, refusal, state) => {
          const isFine = routable.length > 0 && waiting.length === 0 && failed.length === 0;
          const mayGo = isFine && refusal === null && state === "ready";
          expect(decide({ routable, waiting, failed }, { refusal, state }).kind === "advance").toBe(mayGo);
        },
      ),
    );
  });
});
