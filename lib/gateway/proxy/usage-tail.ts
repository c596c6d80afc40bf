/** How much of the end of a reply is kept: vLLM writes `usage` among the last fields. */
const KEPT_BYTES = 4_096;

export type Usage = { promptTokens: number | null; completionTokens: number | null };

/** Reads the token counts at the end of a reply that passes by, without holding the reply. */
export function createUsageTail(): { add(chunk: Buffer): void; read(): Usage } {
  let tail: Buffer = Buffer.alloc(0);
  return {
    add(chunk) {
      tail =
        chunk.length >= KEPT_BYTES
          ? chunk.subarray(chunk.length - KEPT_BYTES)
          : Buffer.concat([tail.subarray(Math.max(0, tail.length + chunk.length - KEPT_BYTES)), chunk]);
    },
    read: () => readUsage(tail.toString("latin1")),
  };
}

/** A quote inside a JSON string is escaped, so a bare one before the name means a field. The last one counts. */
export function readUsage(text: string): Usage {
  return { promptTokens: lastNumber(text, "prompt_tokens"), completionTokens: lastNumber(text, "completion_tokens") };
}

function lastNumber(text: string, field: string): number | null {
  const found = [...text.matchAll(new RegExp(`(?<!\\\\)"${field}"\\s*:\\s*(\\d{1,9})`, "g"))].at(-1);
  return found?.[1] === undefined ? null : Number(found[1]);
}
