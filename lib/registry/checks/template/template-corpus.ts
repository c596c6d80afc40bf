/** What a chat template is given. */
export type TemplateContext = Readonly<Record<string, unknown>>;

const TOOLS = [
  {
    type: "function",
    function: {
      name: "get_order_status",
      description: 'Where an order is "now".',
      parameters: { type: "object", properties: { order_id: { type: "string" } }, required: ["order_id"] },
    },
  },
  { type: "function", function: { name: "ping", description: "", parameters: { type: "object", properties: {} } } },
];
const system = { role: "system", content: " You help customers of a web shop. " };
const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });
const call = {
  role: "assistant",
  content: "",
  tool_calls: [
    { id: "call00001", type: "function", function: { name: "get_order_status", arguments: { order_id: "A1042" } } },
  ],
};
const result = { role: "tool", tool_call_id: "call00001", name: "get_order_status", content: '{"state": "sent"}' };

/** Conversations on which chat templates differ: system text, blanks, turns, tools, calls, results, empty and odd text. */
const CONVERSATIONS: readonly TemplateContext[] = [
  { messages: [user("Where is my order? ")] },
  { messages: [system, user("Where is my order?"), assistant("Which one?"), user("A1042")] },
  { messages: [system, user("\n  two\n\nlines\t"), assistant(" yes "), user('{"a": "<|im_end|>"} é 東京 🙂')] },
  { messages: [user(""), assistant("Hello!"), user("Thanks.")] },
  { messages: [system, user("Where is A1042?")], tools: TOOLS },
  { messages: [user("Where is A1042?"), call, result, assistant("It is on its way."), user("Thanks.")], tools: TOOLS },
  { messages: [system, user("Where is A1042?"), call, result], tools: TOOLS },
];

/** Stand-ins where the folder's tokenizer_config.json does not say what they are. */
const TOKENS = { bos_token: "<bos>", eos_token: "<eos>", pad_token: "<pad>", unk_token: "<unk>" };
type TokenName = keyof typeof TOKENS;

/** A special token as tokenizer_config.json has it: text, or an object with `content`. */
export const specialToken = (value: unknown): string | null => {
  if (typeof value === "string") return value;
  const content = typeof value === "object" && value !== null && "content" in value ? value.content : null;
  return typeof content === "string" ? content : null;
};

/** Every conversation, as a request has it and as training has it. @param config of the folder's tokenizer, if it has one */
export function templateCorpus(config: Readonly<Record<string, unknown>> | null): TemplateContext[] {
  const tokens = Object.fromEntries(
    (Object.keys(TOKENS) as TokenName[]).map((name) => [name, specialToken(config?.[name]) ?? TOKENS[name]]),
  );
  return CONVERSATIONS.flatMap((conversation) =>
    [true, false].map((add_generation_prompt) => ({ ...tokens, ...conversation, add_generation_prompt })),
  );
}
