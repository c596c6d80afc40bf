import type { ExpectedCall } from "../eval-case.ts";

/** A finished chat completion that calls just these. */
export const replyWith = (calls: readonly Pick<ExpectedCall, "name" | "arguments">[]) => ({
  choices: [
    {
      finish_reason: calls.length === 0 ? "stop" : "tool_calls",
      message: {
        role: "assistant",
        content: null,
        tool_calls: calls.map((call, at) => ({
          id: `call_${at}`,
          type: "function",
          function: { name: call.name, arguments: call.arguments },
        })),
      },
    },
  ],
});
