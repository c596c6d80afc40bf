import { expect, it } from "vitest";
import type { JourneyTenant } from "#lib/journey/schema.ts";
import { WIZARD_STEPS, wizardStepOf } from "./wizard-step.ts";

type Step = JourneyTenant["nextStep"]["step"];
const at = (step: Step, adapterId: string | null = "adp_1", status: JourneyTenant["status"] = "active") =>
  wizardStepOf({ adapterId, status, nextStep: { step } });

it("follows the catalog through every step", () => {
  const walked = [wizardStepOf(null), at("files", null), at("files"), at("checks"), at("loaded"), at("gate")];
  expect(walked).toEqual(WIZARD_STEPS.map(({ id }) => id));
});

it("is over once the gate has passed, and for a tenant that is suspended", () => {
  expect([at("cutover"), at("live"), at("live", null, "suspended")]).toEqual(["over", "over", "over"]);
});
