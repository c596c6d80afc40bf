import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

type Json = Record<string, unknown>;

const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** The file has no canonical form: text that is not Unicode, or nesting without end. */
export class FingerprintError extends Error {}

function canonicalHash(value: unknown): string {
  try {
    return sha256(canonicalize(value) ?? "");
  } catch (error) {
    throw new FingerprintError("The file cannot be put into canonical form.", { cause: error });
  }
}

/**
 * SHA-256 (hex) over the config.json fields that fix tensor shapes, in canonical JSON (RFC 8785). Fields that older
 * exports leave out get transformers' own defaults, so that two exports of one model agree. Multimodal files keep the
 * decoder's numbers under `text_config`.
 * @throws FingerprintError
 */
export function architectureChecksum(configJson: Json): string {
  const config = isRecord(configJson.text_config) ? { ...configJson.text_config, ...configJson } : configJson;
  const heads = config.num_attention_heads ?? null;
  const hidden = config.hidden_size ?? null;
  const headDim = typeof hidden === "number" && typeof heads === "number" && heads > 0 ? hidden / heads : null;
  return canonicalHash({
    architectures: list(config.architectures),
    hiddenSize: hidden,
    intermediateSize: config.intermediate_size ?? null,
    layers: config.num_hidden_layers ?? null,
    heads,
    kvHeads: config.num_key_value_heads ?? heads,
    headDim: config.head_dim ?? headDim,
    vocabSize: config.vocab_size ?? null,
    tiedEmbeddings: config.tie_word_embeddings === true,
  });
}

/**
 * SHA-256 (hex) over what decides how text becomes token ids in a tokenizer.json: model type, vocabulary, merges, added
 * and special tokens, normaliser, pre-tokeniser. Merges count the same as "a b" and as ["a","b"] (tokenizers changed
 * the form in 0.20), and fields that only say "off" count the same as absent.
 * @throws FingerprintError
 */
export function tokenizerChecksum(tokenizerJson: Json): string {
  const model = isRecord(tokenizerJson.model) ? tokenizerJson.model : {};
  return canonicalHash({
    type: model.type ?? null,
    vocab: model.vocab ?? null,
    merges: list(model.merges).map(mergePair),
    byteFallback: model.byte_fallback === true,
    ignoreMerges: model.ignore_merges === true,
    addedTokens: list(tokenizerJson.added_tokens).filter(isRecord).map(addedToken).sort(byId),
    normalizer: tokenizerJson.normalizer ?? null,
    preTokenizer: tokenizerJson.pre_tokenizer ?? null,
  });
}

/** A token may hold spaces only in the pair form, so the first space of the text form is the separator. */
const mergePair = (merge: unknown): unknown => {
  if (typeof merge !== "string") return merge;
  const space = merge.indexOf(" ", 1);
  return space < 0 ? [merge] : [merge.slice(0, space), merge.slice(space + 1)];
};

const addedToken = (token: Json) => ({
  id: token.id ?? null,
  content: token.content ?? null,
  special: token.special === true,
  normalized: token.normalized === true,
  singleWord: token.single_word === true,
  lstrip: token.lstrip === true,
  rstrip: token.rstrip === true,
});
const byId = (a: { id: unknown }, b: { id: unknown }): number => Number(a.id) - Number(b.id);

/** SHA-256 (hex) of a chat template's text; line ends and blanks at the very end do not count. */
export const chatTemplateChecksum = (template: string): string => sha256(template.replaceAll("\r\n", "\n").trimEnd());

/**
 * The chat template of a model folder: chat_template.jinja if there is one, else `chat_template` of
 * tokenizer_config.json (text, or a list of named ones of which "default" counts); null = none.
 */
export function chatTemplateOf(files: {
  jinja?: string | undefined;
  tokenizerConfig?: Json | undefined;
}): string | null {
  if (files.jinja !== undefined) return files.jinja;
  const stated = files.tokenizerConfig?.chat_template;
  if (typeof stated === "string") return stated;
  const named = list(stated).filter(isRecord);
  const chosen = named.find((entry) => entry.name === "default");
  return typeof chosen?.template === "string" ? chosen.template : null;
}
