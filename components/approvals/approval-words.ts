import type { Approval, ApprovalDetail } from "#lib/cutover/browser/approval-schema.ts";
import type { AnswerChangePage } from "#lib/evals/browser/answer-change-schema.ts";

export type Audience = "customer" | "staff";

/** What is asked, as a question. */
export function questionOf({ step, toNumber, adapterSlug }: Approval): string {
  return step === "canary"
    ? `May version ${toNumber} of ${adapterSlug} answer its first requests?`
    : `May version ${toNumber} of ${adapterSlug} go live?`;
}

/** What happens without an answer. */
export const silenceOf = ({ onSilence }: Approval): string =>
  onSilence === "goes_on" ? "Without an answer, the cutover continues." : "Without an answer, nothing goes live.";

/** What answers while nothing is decided, and afterwards when it is declined. */
export function nowOf({ fromNumber, fromOrigin }: Approval, audience: Audience): string {
  if (fromNumber !== null) return `version ${fromNumber}`;
  if (fromOrigin) return audience === "customer" ? "your own endpoint" : "the customer's own endpoint";
  return "nothing yet";
}

/** Who may answer, for somebody who may not. */
export function deciderOf({ decider, approverRole }: Approval, audience: Audience): string {
  if (decider === "customer") return audience === "customer" ? "an admin of your team" : "the customer";
  return approverRole === "operator" ? "an operator or a platform admin" : "a platform admin";
}

/** What the testing compared the new version with. */
export function baselineOf(
  { baseline, baselineNumber }: NonNullable<ApprovalDetail["gate"]>,
  audience: Audience,
): string {
  switch (baseline) {
    case "live":
      return `Older version, ${baselineNumber ?? "unknown"}`;
    case "origin":
      return audience === "customer" ? "Your own endpoint" : "The customer's own endpoint";
    case "standalone":
      return "The same version on its own";
    case "itself":
      return "The same version";
    case "base":
      return audience === "customer" ? "The standard model" : "The base model";
  }
}

/** How many of the customer's own prompts answer differently. */
export function differenceOf(
  { worse, otherwise, better, prompts }: AnswerChangePage["counts"],
  audience: Audience,
): string {
  const whose = audience === "customer" ? "your" : "the customer's";
  if (prompts === 0) return "It has not been tested.";
  if (worse + otherwise + better === 0)
    return `None of ${whose} ${prompts} test prompts has a different majority answer.`;
  const of = `of ${whose} ${prompts} test prompts`;
  const others =
    otherwise === 0 ? "" : ` ${otherwise} ${otherwise === 1 ? "is" : "are"} as wrong as before, in another way.`;
  return `${worse} ${of} ${worse === 1 ? "was" : "were"} right before and wrong now; ${better} the reverse.${others}`;
}
