import { formatHours } from "./format-hours.ts";
import type { Decider, ReleasePolicy } from "./policy-schema.ts";

/** A release policy in plain words, as it stands before whoever sets it and whoever lives under it. */
export function formatPolicy(policy: ReleasePolicy): string {
  return [alone(policy), ...within(policy), ...waits(policy)].join(" ");
}

function alone({ reach }: ReleasePolicy): string {
  switch (reach) {
    case "checks":
      return "A new version is checked automatically. Loading, gate and cutover are started manually.";
    case "loaded":
      return "A new version is checked and loaded automatically. Gate and cutover are started manually.";
    case "gate":
      return "A new version is checked, loaded and evaluated automatically. The cutover is started manually.";
    case "canary":
      return "A new version is checked, loaded and gated automatically; once it has passed, it gets a share of the conversations.";
    case "live":
      return "A new version is checked, loaded and gated automatically; once it has passed, it goes live step by step.";
  }
}

/** Hours hold only what the policy does by itself. */
const within = ({ reach, hours }: ReleasePolicy): string[] =>
  hours.length > 0 && (reach === "canary" || reach === "live")
    ? [`It reaches customers only ${formatHours(hours)}.`]
    : [];

function waits(policy: ReleasePolicy): string[] {
  const { beforeCanary, beforeLive, reach, expiryHours, reminderHours, onSilence } = policy;
  const live = beforeLive ?? (reach === "canary" ? "platform" : null);
  if (beforeCanary === null && live === null) return ["It goes live without approval."];
  const steps =
    beforeCanary === live
      ? [`both its first share and going live wait for ${whose(beforeCanary, policy)}`]
      : [
          ...(beforeCanary === null ? [] : [`its first share waits for ${whose(beforeCanary, policy)}`]),
          ...(live === null ? [] : [`going live waits for ${whose(live, policy)}`]),
        ];
  const silence = onSilence === "goes_on" ? "a version that has passed its gate continues" : "nothing goes live";
  const reminder = reminderHours === null ? "" : ` A reminder is sent after ${hours(reminderHours)}.`;
  return [`${capitalised(steps.join("; "))}; without an answer in ${hours(expiryHours)} ${silence}.${reminder}`];
}

function whose(decider: Decider | null, { platformApprover }: ReleasePolicy): string {
  switch (decider) {
    case "customer":
      return "the customer's approval";
    case "platform":
      return platformApprover === "operator"
        ? "our approval (an operator or admin)"
        : "our approval (a platform admin)";
    case null:
      return "nobody";
  }
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const hours = (count: number): string => `${count} h`;
