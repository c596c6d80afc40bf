import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

/** Identity of a chat prompt: sha256 (hex) of the canonical JSON of `{messages, tools}`; no tools counts as an empty list. */
export function promptHash(prompt: { messages: unknown; tools?: unknown }): string {
  const text = canonicalize({ messages: prompt.messages, tools: prompt.tools ?? [] }) ?? "";
  return createHash("sha256").update(text).digest("hex");
}
