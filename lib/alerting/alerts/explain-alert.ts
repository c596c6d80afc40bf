import { fallbackSentence } from "#lib/requests/fallback-words.ts";
import type { AlertEvidence, SuggestedAction } from "../browser/alert-schema.ts";
import type { Cause } from "../browser/cause-schema.ts";
import type { AlertRule } from "../browser/rule-table.ts";
import type { Diagnosis } from "./cause/diagnose.ts";
import { type ActionFacts, usualActions } from "./suggested-actions.ts";

export type ExplainFacts = ActionFacts & {
  evidence: AlertEvidence;
  /** The sentence of the alert that caused it; null = it is notified separately. */
  causeSentence: string | null;
  /** What its minutes say; null = they were not compared. */
  diagnosis: Diagnosis | null;
};

/**
 * The cause, as far as it is known: what its minutes confirm, else what its source reports itself. Nothing else is named,
 * however near it lies.
 */
export function causeOf(facts: ExplainFacts): Cause {
  const { diagnosis, causeSentence } = facts;
  const judgedTo = diagnosis?.judgedTo ?? null;
  const candidates = diagnosis?.candidates ?? [];
  if (diagnosis?.state === "confirmed")
    return { state: "confirmed", sentence: diagnosis.sentence, judgedTo, candidates };
  const reported = reportedCause(facts);
  if (reported !== null) return { state: "reported", sentence: reported, judgedTo, candidates };
  if (causeSentence !== null)
    return { state: "related", sentence: `It came with another alert: ${causeSentence}`, judgedTo, candidates };
  return { state: "unconfirmed", sentence: diagnosis?.sentence ?? "No cause confirmed.", judgedTo, candidates };
}

/** What the source of an alert says of its cause in its own words; null = nothing. */
function reportedCause({ rule, evidence: { reason } }: { rule: AlertRule; evidence: AlertEvidence }): string | null {
  switch (rule) {
    case "fallback_share":
      return fallbackSentence(null, reason)?.replace("Nothing answered: ", "Its fallback answers: ") ?? null;
    case "key_expiring":
      return "It was created with this end.";
    case "evictions":
    case "swap_source":
    case "scrape_stale":
      return null;
    default:
      return reason === "" ? null : reason;
  }
}

/**
 * At most three steps. They belong to the cause that is confirmed or reported; without one they only show more, and change
 * nothing.
 */
export function suggestActions(facts: ExplainFacts): SuggestedAction[] {
  const { state } = causeOf(facts);
  if (state === "confirmed" && facts.diagnosis !== null) return facts.diagnosis.actions.slice(0, 3);
  const usual = usualActions(facts);
  return (state === "reported" ? usual : usual.filter(({ control }) => control === null)).slice(0, 3);
}
