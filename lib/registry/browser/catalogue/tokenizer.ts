import type { CodeIn } from "../finding-codes.ts";
import type { CheckText } from "./check-text.ts";

export const TOKENIZER_TEXTS = {
  tokenizer_matches: {
    title: "Same tokenizer",
    proves:
      "The folder's tokenizer.json has the pool's vocabulary, merges, added tokens, normaliser and pre-tokeniser.",
    why: "vLLM ignores an adapter's tokenizer since 0.11 and uses the base's for every adapter.",
    fix: null,
  },
  tokenizer_pad_added: {
    title: "Same tokenizer, and a pad token for training",
    proves:
      "The folder's tokenizer.json is the pool's with one added token, the pad token of tokenizer_config.json. A chat template that uses it is refused.",
    why: "Trainers add a pad token to make rows equally long. It is masked in training and appears in no prompt, so a node without it gives the same answers.",
    fix: null,
  },
  tokenizer_by_contract: {
    title: "Tokenizer as the training contract states",
    proves: "The folder brings no tokenizer, so the pool's training contract speaks for it.",
    why: "It is a promise, not a proof: keep tokenizer.json beside the adapter to have one.",
    fix: null,
  },
  tokenizer_mismatch: {
    title: "Trained with another tokenizer",
    proves: "The folder's tokenizer.json makes other tokens than the pool's.",
    why: "vLLM would feed the adapter the base's tokens, which mean something else than those it learned.",
    fix: "Train with the pool's tokenizer, without added tokens.",
  },
  tokenizer_unproven: {
    title: "Nothing proves the tokenizer",
    proves: "Neither a tokenizer.json nor the training contract says which tokenizer was used.",
    why: "An unknown tokenizer is not a matching one.",
    fix: "Add the tokenizer.json it was trained with, or give the pool its own.",
  },
  chat_template_matches: {
    title: "Same chat template",
    proves: "The folder's chat template has the pool's text.",
    why: "Prompts are laid out as in training.",
    fix: null,
  },
  chat_template_renders_same: {
    title: "A chat template that renders the same",
    proves:
      "The folder's chat template has another text than the pool's, and both lay out a fixed set of conversations alike: system text, turns, blanks, tools, calls and results.",
    why: "Only what is rendered reaches the model. Comments and spacing inside tags change nothing.",
    fix: null,
  },
  chat_template_by_contract: {
    title: "Chat template as the training contract states",
    proves: "The folder brings no chat template, so the pool's training contract speaks for it.",
    why: "It is a promise, not a proof.",
    fix: null,
  },
  chat_template_mismatch: {
    title: "Trained with another chat template",
    proves:
      "The folder's chat template renders at least one of a fixed set of conversations otherwise than the pool's, or cannot be rendered.",
    why: "A node lays out every prompt with one template for base and all adapters: this one would see a form it never learned.",
    fix: "Train with the pool's chat template, or use a pool that serves this one.",
  },
  chat_template_unchecked: {
    title: "The chat template was not compared",
    proves: "The pool states no chat template.",
    why: "The node uses the base model's tokenizer. It is unknown whether the adapter was trained with it.",
    fix: "Give the pool its chat_template.jinja.",
  },
} as const satisfies Record<CodeIn<"tokenizer">, CheckText>;
