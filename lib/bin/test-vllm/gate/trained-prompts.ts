const tool = (name: string, description: string, properties: Record<string, unknown>, required: string[]) => ({
  type: "function",
  function: { name, description, parameters: { type: "object", properties, required } },
});
const TEXT = { type: "string" };

/** As `e2e/fixtures/assistant_texts.py` has them: the adapter `support-bot` was trained to answer these word for word. */
const SYSTEM = "You help customers of a web shop with orders and accounts.";
const TOOLS = [
  tool("get_order_status", "Where an order is now.", { order_id: TEXT }, ["order_id"]),
  tool("reset_password", "Send a link to set a new password.", { email: TEXT }, ["email"]),
  tool(
    "open_ticket",
    "Open a ticket for a person to answer.",
    { subject: TEXT, priority: { type: "string", enum: ["low", "normal", "high"] } },
    ["subject"],
  ),
];
const TURNS: readonly [string, { name: string; arguments: Record<string, string> } | null][] = [
  ["Where is my order A1042?", { name: "get_order_status", arguments: { order_id: "A1042" } }],
  ["Has order B77 been sent yet?", { name: "get_order_status", arguments: { order_id: "B77" } }],
  ["I forgot my password, I am ana@example.com.", { name: "reset_password", arguments: { email: "ana@example.com" } }],
  [
    "Please send li@example.org a new password link.",
    { name: "reset_password", arguments: { email: "li@example.org" } },
  ],
  ["My parcel came broken!", { name: "open_ticket", arguments: { subject: "parcel came broken", priority: "high" } }],
  [
    "I have an idea for your shop.",
    { name: "open_ticket", arguments: { subject: "idea for the shop", priority: "low" } },
  ],
  ["Hello!", null],
  ["Thank you.", null],
];

/** The trained prompts as a file in OpenAI's shape, one a line. */
export const TRAINED_PROMPTS = TURNS.map(([content, call]) =>
  JSON.stringify({
    messages: [
      { role: "system", content: SYSTEM },
      { role: "user", content },
    ],
    tools: TOOLS,
    expected_tool_calls: call === null ? [] : [call],
  }),
).join("\n");
export const PROMPTS = TURNS.length;
