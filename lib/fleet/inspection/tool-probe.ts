import { type NodeClient, NodeError } from "#lib/vllm/node-client.ts";
import type { ToolProbe } from "./node-facts.ts";

const TOOL = {
  type: "function",
  function: {
    name: "get_order",
    description: "Looks an order up.",
    parameters: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
  },
};
const ANSWER_TOKENS = 64;

/** One chat request with one tool, to the base model: what its template and its parser make of it. */
export async function askForTool(client: NodeClient, base: string | null): Promise<ToolProbe> {
  if (base === null) return { kind: "no_answer", message: "It serves no base model." };
  try {
    const reply = await client.chat({
      model: base,
      messages: [{ role: "user", content: "Look up order A1042 with the tool." }],
      tools: [TOOL],
      tool_choice: "auto",
      max_tokens: ANSWER_TOKENS,
      temperature: 0,
    });
    const message = reply.choices[0]?.message;
    if ((message?.tool_calls?.length ?? 0) > 0) return { kind: "called" };
    return { kind: "text", looksLikeCall: /"name"\s*:\s*"get_order"/.test(message?.content ?? "") };
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    return error.fault === "refused"
      ? { kind: "refused", status: error.status, message: error.message }
      : { kind: "no_answer", message: error.message };
  }
}
