import { Status } from "#components/ui/status.tsx";
import type { StatusValue } from "#components/ui/status-words.ts";
import type { Alert } from "#lib/alerting/browser/alert-schema.ts";

/** A silenced alert is told to nobody, whatever its state; one that is over is over. */
export function alertStatus({ state, severity, silence }: Alert): StatusValue<"alert"> {
  if (state === "resolved") return "resolved";
  if (silence !== null) return "silenced";
  if (state === "acknowledged") return "acknowledged";
  return severity === "critical" ? "firing_critical" : "firing_warning";
}

export const AlertStatus = ({ alert, tinted = false }: { alert: Alert; tinted?: boolean }) => (
  <Status of="alert" is={alertStatus(alert)} tinted={tinted} />
);
