import { endWork } from "#lib/cutover/offboarding/end-work.ts";
import { releaseTenant } from "#lib/fleet/offboarding/release-tenant.ts";
import { writeExport } from "#lib/journey/offboarding/write-export.ts";
import { clearResidency } from "#lib/metrics/offboarding/clear-residency.ts";
import { endAccess } from "#lib/registry/offboarding/end-access.ts";
import { purgeArtifacts } from "#lib/registry/offboarding/purge-artifacts.ts";
import type { StepWorker } from "#lib/registry/offboarding/step-worker.ts";

/** Who does what when a tenant leaves; the gateway refuses its traffic by itself. */
export const offboardingWorkers: readonly StepWorker[] = [
  endWork,
  endAccess,
  releaseTenant,
  clearResidency,
  writeExport,
  purgeArtifacts,
];
