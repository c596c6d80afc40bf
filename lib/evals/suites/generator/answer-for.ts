import type { EvalCase, ToolCall } from "../../eval-case.ts";

/** An assistant's message in OpenAI's shape, without a role. */
export type Answer = { content: string | null; tool_calls: ToolCall[] };

/**
 * The right answer of a case as a model would send it: the preferred calls, or a sentence when nothing is to be called.
 * Call ids are derived from the case, so an answer key is the same each time it is written.
 */
export function answerFor(evalCase: EvalCase): Answer {
  const { calls, reason } = evalCase.expected;
  if (calls.length === 0) return { content: `I cannot call a tool for this: ${reason}.`, tool_calls: [] };
  return {
    content: null,
    tool_calls: calls.map((call, index) => ({
      id: `call_${evalCase.id}_${index + 1}`,
      type: "function",
      function: { name: call.name, arguments: call.arguments },
    })),
  };
}
