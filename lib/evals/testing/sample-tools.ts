import type { JsonSchema, ToolDefinition } from "../eval-case.ts";

const tool = (name: string, description: string, parameters: JsonSchema): ToolDefinition => ({
  type: "function",
  function: { name, description, parameters: { type: "object", additionalProperties: false, ...parameters } },
});

/** What a small parcel service offers its model: ids, lists of values, limits, nesting, moments, defaults. */
export const parcelTools: readonly ToolDefinition[] = [
  tool("create_shipment", "Create one shipment. Returns its id.", {
    properties: {
      customer_id: { type: "string", pattern: "^CUS-\\d{5}$" },
      service: { type: "string", enum: ["standard", "express", "overnight"] },
      weight_kg: { type: "number", minimum: 0.1, maximum: 70 },
      address: { $ref: "#/$defs/address" },
      parcels: {
        type: "array",
        minItems: 1,
        maxItems: 4,
        items: {
          type: "object",
          properties: { label: { type: "string" }, count: { type: "integer", minimum: 1, maximum: 20 } },
          required: ["label", "count"],
        },
      },
      insured: { type: "boolean", default: false },
    },
    required: ["customer_id", "service", "address"],
    $defs: {
      address: {
        type: "object",
        properties: { street: { type: "string" }, city: { type: "string" }, zip: { type: "string" } },
        required: ["street", "city"],
      },
    },
  }),
  tool("get_shipment", "Look up one shipment.", {
    properties: { shipment_id: { type: "string" }, with_history: { type: "boolean", default: false } },
    required: ["shipment_id"],
  }),
  tool("cancel_shipment", "Cancel one shipment for good.", {
    properties: { shipment_id: { type: "string" }, reason: { type: ["string", "null"] } },
    required: ["shipment_id"],
  }),
  tool("book_pickup", "Book the pickup of one shipment.", {
    properties: {
      shipment_id: { type: "string" },
      pickup_at: { type: "string", format: "date-time" },
      contact: { anyOf: [{ type: "string", format: "email" }, { type: "null" }] },
      gate: { type: "integer" },
    },
    required: ["shipment_id", "pickup_at"],
  }),
];
