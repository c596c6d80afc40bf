import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { EvalCase } from "../eval-case.ts";

const plain = (text: string): string => text.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, " ").trim();

/**
 * Equal for prompts that ask the same with the same tools, whatever their letter case and white space: such a pair is one
 * witness, not two.
 */
export function fingerprintOf({ messages, tools }: Pick<EvalCase, "messages" | "tools">): string {
  const turns = messages.map((message) => [
    message.role,
    plain(message.content ?? ""),
    "tool_calls" in message ? (message.tool_calls ?? []).map((call) => call.function) : [],
  ]);
  const offered = [...tools].sort((a, b) => (a.function.name < b.function.name ? -1 : 1));
  return createHash("sha256")
    .update(canonicalize([turns, offered]) ?? "")
    .digest("hex")
    .slice(0, 32);
}
