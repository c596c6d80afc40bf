import type { ApprovalStep } from "../browser/approval-schema.ts";
import type { CutoverPlan, CutoverTrack } from "../browser/plan-schema.ts";

type Move = { step: ApprovalStep; toNumber: number; plan: CutoverPlan; track: CutoverTrack; isReplacing: boolean };

/** What happens once a step is approved, in words that customers read, too. */
export function formatHow({ step, toNumber, plan, track, isReplacing }: Move): string {
  const version = `version ${toNumber}`;
  const isStepwise = track.kind === "stepwise";
  const after = isReplacing ? ` ${watched(plan)}` : "";
  if (step === "live" && isStepwise) {
    const share = plan.weights.at(-1) ?? 0;
    return `It answers ${share} % of the conversations already. Once approved, ${version} answers all of them.${after}`;
  }
  if (!isStepwise && step === "canary")
    return `Once approved, it needs a second approval before it goes live. Then ${version} answers all requests at once.${after}`;
  if (!isStepwise) return `Once approved, ${version} answers all requests at once.${after}`;
  const [first, ...rest] = plan.weights;
  const then = rest.length === 0 ? "" : `, then ${rest.map((weight) => `${weight} %`).join(", ")}`;
  return `Once approved, ${version} answers ${first} % of the conversations${then}, then all of them; each step only after at least ${plan.minRequests} requests went well.${after}`;
}

const watched = ({ soakMinutes }: CutoverPlan): string =>
  soakMinutes > 0
    ? `It is watched for ${span(soakMinutes)} more, and rolls back automatically if it does worse.`
    : "The version that answers now stays loaded, so that a rollback is immediate.";

const span = (minutes: number): string => {
  if (minutes < 120) return `${Math.round(minutes)} min`;
  return `${Math.round(minutes / 6) / 10} h`;
};
