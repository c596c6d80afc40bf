import { type AppError, invalidField } from "#lib/platform/errors.ts";
import type { Passed } from "./require-pass.ts";

type Facts = {
  /** What is live of the adapter; null = nothing. */
  liveVersionId: string | null;
  overrideReason: string | null;
  gate: { verdict: Pick<NonNullable<Passed["gate"]["verdict"]>, "outcome" | "runId"> | null };
};

/**
 * Adopting a version says that it served its customer elsewhere and that no gate was set aside for it.
 * @throws AppError `invalid` naming adopted (`not_adoptable`) where a gate could have been asked, or was
 */
export function requireAdoptable({ liveVersionId, overrideReason, gate }: Facts): void {
  if (liveVersionId !== null)
    throw refusal("A version of this adapter is live, so a gate can be run.", "Run the gate, or leave adopted out.");
  if (gate.verdict !== null)
    throw refusal(
      `Its gate was judged: ${gate.verdict.outcome} (${gate.verdict.runId}).`,
      "Leave adopted out: the verdict then counts, or is overridden.",
    );
  if (overrideReason === null)
    throw refusal("A version is adopted with a reason.", "Send overrideReason, or leave adopted out.");
}

const refusal = (message: string, fix: string): AppError => invalidField("adopted", "not_adoptable", message, fix);
