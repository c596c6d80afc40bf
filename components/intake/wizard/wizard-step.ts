import type { JourneyTenant } from "#lib/journey/schema.ts";
import type { Version } from "#lib/registry/schema.ts";

/** From a customer's name to a gate that ran; what comes after is the cutover's own page. */
export const WIZARD_STEPS = [
  { id: "tenant", label: "Tenant" },
  { id: "adapter", label: "Adapter and pool" },
  { id: "files", label: "Files" },
  { id: "checks", label: "Checks" },
  { id: "staged", label: "Loaded" },
  { id: "gate", label: "Gate" },
] as const;
export type WizardStep = (typeof WIZARD_STEPS)[number]["id"] | "over";

type Facts = Pick<JourneyTenant, "adapterId" | "status"> & { nextStep: Pick<JourneyTenant["nextStep"], "step"> };

/** Where the wizard stands, from the catalog's answer alone: leaving and coming back, in any browser, changes nothing. */
export function wizardStepOf(tenant: Facts | null): WizardStep {
  if (tenant === null) return "tenant";
  if (tenant.status !== "active") return "over";
  if (tenant.adapterId === null) return "adapter";
  switch (tenant.nextStep.step) {
    case "files":
      return "files";
    case "checks":
      return "checks";
    case "loaded":
      return "staged";
    case "gate":
      return "gate";
    case "cutover":
    case "live":
      return "over";
  }
}

const IS_PAST: ReadonlySet<Version["state"]> = new Set(["retired", "deleted"]);

/** The version the wizard is about: the adapter's newest that still counts. */
export const candidateOf = (versions: readonly Version[]): Version | null =>
  versions.find(({ state }) => !IS_PAST.has(state)) ?? null;
