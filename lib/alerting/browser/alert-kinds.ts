import type { AlertRule } from "./rule-table.ts";

/** Where it stands what to do about an alert of a rule. */
export const runbookPath = (rule: AlertRule): string => `/help/runbooks/${rule}`;

export const ALERT_SEVERITIES = ["critical", "warning"] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

export const ALERT_STATES = ["firing", "acknowledged", "resolved"] as const;

export const SUBJECT_TYPES = [
  "pool",
  "node",
  "tenant",
  "version",
  "key",
  "gateway",
  "objective",
  "run",
  "batch",
] as const;

/** How far a finding explains an alert. confirmed = it is about the confirmed cause; possible = it lies near, no more is known. */
export const FINDING_WEIGHTS = ["confirmed", "possible"] as const;

/** The shape of a channel's messages. */
export const CHANNEL_KINDS = ["alertmanager", "slack", "pagerduty", "email"] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** How often the rules are evaluated. */
export const ALERT_INTERVAL_MS = 10_000;

/** How long somebody may silence an alert at once. */
export const SILENCE_MINUTES = { min: 5, max: 7 * 24 * 60 } as const;
