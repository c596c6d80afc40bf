/** What a tenant's assistant does: its adapter, its tools, and what customers ask it. */
export type SupportDesk = {
  adapterSlug: string;
  adapterName: string;
  system: string;
  tools: readonly { name: string; description: string; properties: Record<string, object>; required: string[] }[];
  /** `#` is replaced by a number. */
  questions: readonly string[];
};

const text = { type: "string" };
const amount = { type: "number", minimum: 0 };

export const DESKS = {
  orders: {
    adapterSlug: "support-bot",
    adapterName: "Support bot",
    system: "You help customers of a web shop with orders, returns and accounts.",
    tools: [
      { name: "get_order", description: "Look up an order.", properties: { order_id: text }, required: ["order_id"] },
      {
        name: "start_return",
        description: "Start the return of an order.",
        properties: { order_id: text, reason: { enum: ["damaged", "wrong_item", "unwanted"] } },
        required: ["order_id", "reason"],
      },
    ],
    questions: [
      "Where is my order A#?",
      "I want to send back order A#, it arrived damaged.",
      "Can I still change the address of order A#?",
      "How long does delivery to Porto take?",
    ],
  },
  billing: {
    adapterSlug: "billing-helper",
    adapterName: "Billing helper",
    system: "You answer questions about invoices and payments.",
    tools: [
      {
        name: "get_invoice",
        description: "Look up an invoice.",
        properties: { invoice_id: text },
        required: ["invoice_id"],
      },
      {
        name: "set_payment_plan",
        description: "Split an invoice into monthly parts.",
        properties: { invoice_id: text, months: { type: "integer", minimum: 2, maximum: 12 } },
        required: ["invoice_id", "months"],
      },
    ],
    questions: [
      "Why is invoice # higher than last month?",
      "Please split invoice # into three payments.",
      "When is invoice # due?",
      "Do you charge a fee for paper bills?",
    ],
  },
  bookings: {
    adapterSlug: "booking-desk",
    adapterName: "Booking desk",
    system: "You make, move and cancel bookings.",
    tools: [
      {
        name: "move_booking",
        description: "Move a booking to another date.",
        properties: { booking_id: text, date: { type: "string", format: "date" } },
        required: ["booking_id", "date"],
      },
      {
        name: "cancel_booking",
        description: "Cancel a booking.",
        properties: { booking_id: text },
        required: ["booking_id"],
      },
    ],
    questions: [
      "Please move booking B# to next Friday.",
      "Cancel B#, something came up.",
      "Is breakfast part of booking B#?",
      "Do you have anything free on the 14th for two people?",
    ],
  },
  claims: {
    adapterSlug: "claims-desk",
    adapterName: "Claims desk",
    system: "You take claims and tell policy holders where theirs stand.",
    tools: [
      {
        name: "open_claim",
        description: "Open a claim on a policy.",
        properties: { policy_id: text, kind: { enum: ["damage", "theft", "loss"] }, amount },
        required: ["policy_id", "kind", "amount"],
      },
      { name: "get_claim", description: "Look up a claim.", properties: { claim_id: text }, required: ["claim_id"] },
    ],
    questions: [
      "My bicycle was stolen, policy P#. It cost 640 euros.",
      "What is the state of claim C#?",
      "Do I need a police report for claim C#?",
      "Water came through the ceiling last night. What should I do first?",
    ],
  },
  shipping: {
    adapterSlug: "dispatch-bot",
    adapterName: "Dispatch bot",
    system: "You help shippers follow and change consignments.",
    tools: [
      {
        name: "track_parcel",
        description: "Where a parcel is.",
        properties: { parcel_id: text },
        required: ["parcel_id"],
      },
      {
        name: "reroute_parcel",
        description: "Send a parcel to another depot.",
        properties: { parcel_id: text, depot: text },
        required: ["parcel_id", "depot"],
      },
    ],
    questions: [
      "Track parcel #.",
      "Send parcel # to the depot in Leeds instead.",
      "Why has parcel # not moved since Monday?",
      "What is the largest pallet you take?",
    ],
  },
  documents: {
    adapterSlug: "case-assistant",
    adapterName: "Case assistant",
    system: "You find, summarise and file documents.",
    tools: [
      {
        name: "find_documents",
        description: "Search the archive.",
        properties: { query: text, limit: { type: "integer", minimum: 1, maximum: 50 } },
        required: ["query"],
      },
      {
        name: "file_document",
        description: "File a document under a case.",
        properties: { case_id: text, title: text },
        required: ["case_id", "title"],
      },
    ],
    questions: [
      "Find everything about lease # from last year.",
      "File this as the signed contract of case #.",
      "Summarise what was agreed in case #.",
      "What do I need for a power of attorney?",
    ],
  },
} as const satisfies Record<string, SupportDesk>;

export type DeskName = keyof typeof DESKS;
export const deskOf = (name: DeskName): SupportDesk => DESKS[name];
