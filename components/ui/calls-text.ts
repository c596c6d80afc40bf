/** Calls as one reads and copies them, a line each. @param calls `arguments` are JSON text, as on the wire */
export const callsText = (calls: readonly { name: string; arguments: string }[]): string =>
  calls.length === 0 ? "no call" : calls.map((call) => `${call.name} ${call.arguments}`).join("\n");
