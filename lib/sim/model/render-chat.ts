/** A message as a chat request carries it; content may be a list of text parts. */
export type ChatTurn = {
  role: string;
  content?: string | null | readonly { type?: string; text?: string }[];
  tool_calls?: readonly { function: { name: string; arguments: string } }[] | null;
};

/**
 * The prompt text of a chat, as the committed tiny Llama's chat_template.jinja renders it (Llama 3's layout). Written by
 * hand because a template engine for one template would be the larger part: a model directory with another template is
 * still rendered this way, which shifts its token counts a little.
 */
export function renderChat(turns: readonly ChatTurn[], tools: readonly unknown[], addGenerationPrompt = true): string {
  const [first] = turns;
  const hasSystem = first?.role === "system";
  const rest = hasSystem ? turns.slice(1) : turns;
  const out: string[] = ["<|begin_of_text|>"];
  if (hasSystem || tools.length > 0) {
    const system = hasSystem ? textOf(first.content) : "You are a helpful assistant.";
    out.push("<|start_header_id|>system<|end_header_id|>\n\n", system);
    if (tools.length > 0) out.push('\n\nTools. To call one, answer only {"name": name, "parameters": arguments}.');
    for (const tool of tools) out.push("\n", pythonJson(functionOf(tool)));
    out.push("<|eot_id|>");
  }
  for (const turn of rest) {
    out.push(`<|start_header_id|>${turn.role}<|end_header_id|>\n\n`);
    const calls = turn.tool_calls ?? [];
    out.push(calls.length > 0 ? renderCalls(calls.map((call) => call.function)) : textOf(turn.content));
    out.push("<|eot_id|>");
  }
  if (addGenerationPrompt) out.push("<|start_header_id|>assistant<|end_header_id|>\n\n");
  return out.join("");
}

/** How the model writes calls: what vLLM's `llama3_json` parser reads. */
export const renderCalls = (calls: readonly { name: string; arguments: string }[]): string =>
  calls.map((call) => `${callHead(call.name)}${call.arguments}}`).join("; ");

/** Everything of a call before its arguments. */
export const callHead = (name: string): string => `{"name": "${name}", "parameters": `;

function textOf(content: ChatTurn["content"]): string {
  const text = typeof content === "string" ? content : (content ?? []).map((part) => part.text ?? "").join("\n");
  return text.trim();
}

const functionOf = (tool: unknown): unknown =>
  typeof tool === "object" && tool !== null && "function" in tool ? tool.function : tool;

/** `json.dumps(value, ensure_ascii=False)`: a space after commas and colons. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item)}`);
  return `{${entries.join(", ")}}`;
}
