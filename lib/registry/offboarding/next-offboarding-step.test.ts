import fc from "fast-check";
import { expect, it } from "vitest";
import { OFFBOARDING_STATES, OFFBOARDING_STEPS, type OffboardingState } from "../browser/offboarding-schema.ts";
import { nextOffboardingStep } from "./next-offboarding-step.ts";

const steps = (states: Partial<Record<(typeof OFFBOARDING_STEPS)[number], OffboardingState>>) =>
  OFFBOARDING_STEPS.map((step) => ({ step, state: states[step] ?? ("waiting" as const) }));

it("begins with traffic, and lets everything go on that waits for nobody", () => {
  expect(nextOffboardingStep(steps({})).due).toEqual(["traffic"]);
  expect(nextOffboardingStep(steps({ traffic: "done" })).due).toEqual(["work", "keys"]);
  const away = steps({ traffic: "done", work: "done", keys: "done", placements: "waiting", export: "done" });
  expect(nextOffboardingStep(away).due).toEqual(["placements", "residency", "artifacts"]);
});

it("is over when nothing is left, even where weights stay until a restart", () => {
  const done = Object.fromEntries(OFFBOARDING_STEPS.map((step) => [step, "done" as const]));
  expect(nextOffboardingStep(steps(done))).toEqual({ due: [], isOver: true });
  expect(nextOffboardingStep(steps({ ...done, residency: "skipped" }))).toEqual({ due: ["residency"], isOver: true });
  expect(nextOffboardingStep(steps({ ...done, placements: "failed" }))).toEqual({ due: ["placements"], isOver: false });
  expect(nextOffboardingStep([])).toEqual({ due: [], isOver: false });
});

it("never destroys bytes before the export, or exports before keys and work are over, and always has something due", () => {
  const states = fc.tuple(...OFFBOARDING_STEPS.map(() => fc.constantFrom(...OFFBOARDING_STATES)));
  fc.assert(
    fc.property(states, (values) => {
      const standing = OFFBOARDING_STEPS.map((step, i) => ({ step, state: values[i] ?? "waiting" }));
      const over = (step: string) => standing.some((one) => one.step === step && /done|skipped/.test(one.state));
      const next = nextOffboardingStep(standing);
      if (next.due.includes("artifacts")) expect(over("export")).toBe(true);
      if (next.due.includes("export")) expect(over("keys") && over("work")).toBe(true);
      if (!next.isOver) expect(next.due.length).toBeGreaterThan(0);
      expect(next.due.filter((step) => standing.some((one) => one.step === step && one.state === "done"))).toEqual([]);
    }),
  );
});
