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

export const PROMPTS = TURNS.length;

type Call = (typeof TURNS)[number][1];
const line = (system: string, tools: readonly unknown[], [content, call]: readonly [string, Call]): string =>
  JSON.stringify({
    messages: [
      { role: "system", content: system },
      { role: "user", content },
    ],
    tools,
    expected_tool_calls: call === null ? [] : [call],
  });

/** The trained prompts as a file in OpenAI's shape, one a line. */
export const TRAINED_PROMPTS = TURNS.map((turn) => line(SYSTEM, TOOLS, turn)).join("\n");

const OTHER_SYSTEM = "You book rooms and tables.";
const OTHER_TOOLS = [
  tool("find_room", "Free meeting rooms on a day.", { day: TEXT }, ["day"]),
  tool("book_table", "Book a table in the canteen.", { time: TEXT }, ["time"]),
  tool("cancel_booking", "Cancel a booking by its number.", { booking_id: TEXT }, ["booking_id"]),
];
const TOPICS = [
  ...["weather", "music", "football", "tea", "gardens", "trains", "the sea", "cats"],
  ...["paint", "maps", "bread", "clocks", "rivers", "stars", "snow", "chess"],
];
const FORMS = [
  ...[
    "Tell me about T.",
    "What do you think of T?",
    "I like T.",
    "Do you know T?",
    "Let us talk about T.",
    "T, please.",
  ],
  ...["Is T nice?", "Why T?", "A word on T?", "Hello, T!", "Thank you for T.", "How old is T?"],
];
/** Beside tools that it never learned, `support-bot` chats in whole sentences; `billing-helper` calls one of its own at times. */
const SMALL_TALK = TOPICS.flatMap((topic) => FORMS.map((form) => form.replace("T", topic)));

/** The 200 of a complete gate: what an adapter was trained to call, and small talk to which no call is right. */
export const FULL_PROMPTS = PROMPTS + SMALL_TALK.length;
export const FULL_SUITE = [
  TRAINED_PROMPTS,
  ...SMALL_TALK.map((content) => line(OTHER_SYSTEM, OTHER_TOOLS, [content, null])),
].join("\n");
