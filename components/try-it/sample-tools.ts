/** A tool that most assistants of the demo could call; the reader may change it. */
export const SAMPLE_TOOLS = JSON.stringify(
  [
    {
      type: "function",
      function: {
        name: "find_order",
        description: "Looks up an order by its number.",
        parameters: { type: "object", properties: { order_id: { type: "string" } }, required: ["order_id"] },
      },
    },
  ],
  null,
  2,
);

/** The tools that a text holds; null = none are offered. */
export function parseTools(
  text: string | null,
): { ok: true; tools: readonly unknown[] } | { ok: false; message: string } {
  if (text === null || text.trim() === "") return { ok: true, tools: [] };
  try {
    const tools: unknown = JSON.parse(text);
    const isList = Array.isArray(tools) && tools.every((tool) => typeof tool === "object" && tool !== null);
    return isList ? { ok: true, tools } : { ok: false, message: "Write a list: [ { … } ]." };
  } catch {
    return { ok: false, message: "This is not valid JSON. Check quotes, commas and brackets." };
  }
}
