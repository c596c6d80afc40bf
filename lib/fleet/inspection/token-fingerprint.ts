import { createHash } from "node:crypto";
import type { ChatMessage } from "#lib/vllm/schema.ts";

/**
 * Texts on which tokenizers differ: scripts, marks that normalisers change, blanks that pre-tokenisers split, digits,
 * code, and what looks like a special token. Changing them makes every stored fingerprint meaningless.
 */
export const TOKEN_CORPUS: readonly string[] = [
  "Where is my order A1042? It left on 2026-11-24, 10:45.",
  '{"name": "get_invoice", "arguments": {"id": "2026-118", "lines": [1, 22, 333, 4444]}}',
  "  leading, trailing  and\tinner\n\nblanks   ",
  "naïve Ångström ﬁne ½ 東京 Привет مرحبا 🙂👩‍🚀",
  "<|begin_of_text|><|eot_id|></s>[INST]<unk><|im_end|>",
];

/** Messages on which chat templates differ: system text, turns, a trailing blank. */
export const TEMPLATE_MESSAGES: ChatMessage[] = [
  { role: "system", content: "You help customers of a web shop." },
  { role: "user", content: "Where is my order? " },
  { role: "assistant", content: "Which one?" },
  { role: "user", content: "A1042" },
];

/** SHA-256 (hex) of token ids, text by text. */
export const fingerprintOf = (tokens: readonly (readonly number[])[]): string =>
  createHash("sha256")
    .update(tokens.map((ids) => ids.join(" ")).join("\n"))
    .digest("hex");

/** What a node made of the corpus; null = it did not tell. */
export type Fingerprints = { tokenizer: string | null; chatTemplate: string | null };
