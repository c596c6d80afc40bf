import type { ChannelKind } from "#lib/alerting/browser/alert-kinds.ts";

const PAGERDUTY_URL = "https://events.pagerduty.com/v2/enqueue";

type KindWords = { label: string; urlHint: string | null; secret: { label: string; hint: string } | null };

/** What each kind is called, and what it needs. */
export const KIND_WORDS: Record<ChannelKind, KindWords> = {
  alertmanager: {
    label: "Webhook (Alertmanager)",
    urlHint: "Any receiver of Alertmanager webhooks.",
    secret: {
      label: "Signing secret",
      hint: "At least 16 characters. The receiver checks x-switchyard-signature with it.",
    },
  },
  slack: {
    label: "Slack",
    urlHint: "The incoming webhook's address, such as https://hooks.slack.com/services/…",
    secret: null,
  },
  // goes to addresses, and needs neither
  email: { label: "E-mail", urlHint: null, secret: null },
  pagerduty: {
    label: "PagerDuty",
    urlHint: `${PAGERDUTY_URL}, or that of your region.`,
    secret: { label: "Routing key", hint: "Of an Events API v2 integration." },
  },
};

/** The address that stands in the form once a kind is chosen: what was typed for it before, else the one it usually has. */
export function addressFor(kind: ChannelKind, typed: ReadonlyMap<ChannelKind, string>): string {
  if (KIND_WORDS[kind].urlHint === null) return "";
  return typed.get(kind) || (kind === "pagerduty" ? PAGERDUTY_URL : "");
}
