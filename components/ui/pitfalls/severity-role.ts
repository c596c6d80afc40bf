import type { PitfallFinding } from "#lib/alerting/browser/finding-schema.ts";
import type { StateRole } from "../status-words.ts";

/** How grave a finding is, in the shapes and colours of every state. */
export const SEVERITY_ROLE: Record<PitfallFinding["severity"], StateRole> = {
  critical: "bad",
  warning: "warn",
  notice: "off",
};
