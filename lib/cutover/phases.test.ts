import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canStep, isOpen } from "./phases.ts";
import { CUTOVER_PHASES, type CutoverPhase } from "./schema.ts";

const next = (phase: CutoverPhase) => CUTOVER_PHASES.filter((to) => canStep(phase, to));
const anyPhase = fc.constantFrom(...CUTOVER_PHASES);

/** A walk of choices from `pending` until it can go no further. */
const walk = fc.array(fc.nat(), { minLength: 12, maxLength: 12 }).map((choices) => {
  const path: CutoverPhase[] = ["pending"];
  for (const choice of choices) {
    const steps = next(path.at(-1) ?? "aborted");
    if (steps.length > 0) path.push(steps[choice % steps.length] ?? "aborted");
  }
  return path;
});

describe("the phases of a cutover", () => {
  it("never repeat and always end", () => {
    fc.assert(
      fc.property(walk, (path) => {
        expect(new Set(path).size).toBe(path.length);
        expect(isOpen(path.at(-1) ?? "pending")).toBe(false);
      }),
    );
  });

  it("switch nothing without warming first", () => {
    fc.assert(
      fc.property(walk, (path) => {
        const moved = path.findIndex((phase) => phase === "canary" || phase === "full");
        if (moved !== -1) expect(path.slice(0, moved)).toContain("warming");
      }),
    );
  });

  it("abort only before traffic has moved, and roll back only afterwards", () => {
    fc.assert(
      fc.property(walk, (path) => {
        const hasMoved = path.some((phase) => phase === "canary" || phase === "full");
        if (path.includes("aborted")) expect(hasMoved).toBe(false);
        if (path.includes("rolled_back")) expect(hasMoved).toBe(true);
      }),
    );
  });

  it("leave every open phase a way out, and final ones none", () => {
    fc.assert(
      fc.property(anyPhase, (phase) => {
        if (isOpen(phase)) expect(canStep(phase, "aborted") || canStep(phase, "rolled_back")).toBe(true);
        if (phase === "aborted" || phase === "rolled_back") expect(next(phase)).toEqual([]);
        expect(canStep(phase, phase)).toBe(false);
      }),
    );
  });
});
