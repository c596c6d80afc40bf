import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BreakerState } from "./breakers.ts";
import type { Load } from "./eligible-nodes.ts";
import { type Health, lastResort, stillOut, withoutSuspects } from "./last-resort.ts";

const fine: Load & Health = {
  isUp: () => true,
  hasLost: () => false,
  isOpen: () => false,
  versionIsOpen: () => false,
  isSuspect: () => false,
  isRecovering: () => false,
  proofs: () => 0,
  stateOf: () => "closed",
};

describe("nodes in doubt", () => {
  it("are passed over as long as another can answer, and no longer", () => {
    const ids = fc.uniqueArray(fc.constantFrom<string>("a", "b", "c", "d"));
    fc.assert(
      fc.property(ids, ids, (nodes, suspects) => {
        const chosen = withoutSuspects(nodes, { isSuspect: (id) => suspects.includes(id) });
        const trusted = nodes.filter((id) => !suspects.includes(id));
        expect(chosen).toEqual(trusted.length > 0 ? trusted : nodes);
      }),
    );
  });
});

describe("as a last resort", () => {
  it.each<[string, Partial<Load & Health>, boolean]>([
    [
      "a node that passed a check since it went down may be asked",
      { isUp: () => false, isRecovering: () => true },
      true,
    ],
    ["one that is silent may not", { isUp: () => false }, false],
    [
      "one whose breaker waits for its one probe may be asked",
      { isOpen: () => true, stateOf: () => "half_open" },
      true,
    ],
    ["one whose breaker is open may not", { isOpen: () => true, stateOf: () => "open" }, false],
    [
      "one that recovers with an open breaker may not",
      { isUp: () => false, isRecovering: () => true, isOpen: () => true, stateOf: () => "open" },
      false,
    ],
  ])("%s", (_what, change, expected) => {
    const seen = lastResort({ ...fine, ...change });
    expect(seen.isUp("node_1") && !seen.isOpen("node_1")).toBe(expected);
  });

  it("nobody is left out who could be asked without it, and names that were lost stay lost", () => {
    const state = fc.constantFrom<BreakerState>("closed", "open", "half_open");
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), state, fc.boolean(), (isUp, isRecovering, breaker, isProbing) => {
        const isOpen = breaker === "open" || (breaker === "half_open" && isProbing);
        const load = { ...fine, isUp: () => isUp, isRecovering: () => isRecovering, isOpen: () => isOpen };
        const seen = lastResort({ ...load, stateOf: () => breaker, hasLost: () => true });
        if (isUp && !isOpen) expect([seen.isUp("node_1"), seen.isOpen("node_1")]).toEqual([true, false]);
        expect(seen.hasLost("node_1", "a")).toBe(true);
      }),
    );
  });

  it("a node that failed the request may be asked again once it has proven itself since, and not before", () => {
    let proofs = 3;
    const out = stillOut(new Map([["node_1", 3]]), { proofs: () => proofs });
    expect([out.has("node_1"), out.has("node_2")]).toEqual([true, false]);
    proofs += 1;
    expect(out.has("node_1")).toBe(false);
  });
});
