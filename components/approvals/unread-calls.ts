import type { Answer } from "#lib/evals/browser/answer-change-schema.ts";
import type { ComparedCall } from "#lib/evals/schema.ts";

/** Calls of an answer that stand in no line of the comparison, since what they say could not be read. */
export function unreadCalls(
  answer: Answer | null,
  compared: readonly ComparedCall[],
  side: "baseline" | "candidate",
): Answer["calls"] {
  const left = compared.map((call) => call[side]);
  return (answer?.calls ?? []).filter(({ name }) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
