import * as z from "zod";

/** The parts of tokenizer.json that decide token ids, for byte-level BPE as Llama 3, Qwen and GPT-2 use it. */
const TokenizerSchema = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.number(), content: z.string(), special: z.boolean() })).default([]),
  normalizer: z.looseObject({ type: z.string() }).nullish(),
  pre_tokenizer: z.unknown(),
  post_processor: z.unknown(),
  model: z.looseObject({
    type: z.literal("BPE"),
    vocab: z.record(z.string(), z.number()),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
    ignore_merges: z.boolean().default(false),
  }),
});

export type Tokenizer = {
  vocabSize: number;
  /** @param addSpecial puts the beginning-of-text token in front, as the post-processor says */
  encode(text: string, addSpecial: boolean): number[];
  decode(ids: readonly number[], skipSpecial?: boolean): string;
  /** Tokens as the vocabulary spells them ("Ġthe"). */
  spellings(ids: readonly number[]): string[];
};

/** GPT-2's reversible map from bytes to printable characters. */
const BYTE_TO_CHAR = byteAlphabet();
const CHAR_TO_BYTE = new Map([...BYTE_TO_CHAR.entries()].map(([byte, char]) => [char, byte]));
/** Llama 3's split rule, for a tokenizer that names none. */
const DEFAULT_SPLIT = "\\p{L}+|\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+";
const CACHED_PIECES = 50_000;

function byteAlphabet(): string[] {
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

/** @param json parsed tokenizer.json @throws ZodError when it is not byte-level BPE */
export function createTokenizer(json: unknown): Tokenizer {
  const file = TokenizerSchema.parse(json);
  const { vocab } = file.model;
  const ranks = new Map(file.model.merges.map((pair, rank) => [Array.isArray(pair) ? pair.join(" ") : pair, rank]));
  const special = new Map(file.added_tokens.map((token) => [token.content, token.id]));
  const spelling = new Map([...Object.entries(vocab), ...special].map(([text, id]) => [id, text]));
  const specialIds = new Set(special.values());
  const split = splitRule(file.pre_tokenizer);
  const atSpecial = special.size > 0 ? new RegExp(`(${[...special.keys()].map(escapeRegExp).join("|")})`, "u") : null;
  const prefix = prefixIds(file.post_processor, special);
  const normalise = file.normalizer?.type === "NFC" ? (text: string) => text.normalize("NFC") : (text: string) => text;
  const pieces = new Map<string, readonly number[]>();

  const encodePiece = (piece: string): readonly number[] => {
    const known = pieces.get(piece);
    if (known) return known;
    const chars = Array.from(Buffer.from(piece, "utf8"), (byte) => BYTE_TO_CHAR[byte] ?? "");
    const whole = file.model.ignore_merges ? vocab[chars.join("")] : undefined;
    const ids = whole !== undefined ? [whole] : merge(chars, ranks).flatMap((text) => vocab[text] ?? []);
    if (pieces.size >= CACHED_PIECES) pieces.clear();
    pieces.set(piece, ids);
    return ids;
  };

  return {
    vocabSize: Math.max(...spelling.keys()) + 1,
    encode(text, addSpecial) {
      const ids: number[] = addSpecial ? [...prefix] : [];
      for (const part of atSpecial ? text.split(atSpecial) : [text]) {
        const id = special.get(part);
        if (id !== undefined) ids.push(id);
        else for (const [piece] of normalise(part).matchAll(split)) ids.push(...encodePiece(piece));
      }
      return ids;
    },
    decode(ids, skipSpecial = false) {
      const bytes: number[] = [];
      for (const id of ids) {
        const text = spelling.get(id) ?? "";
        if (!specialIds.has(id)) bytes.push(...Array.from(text, (char) => CHAR_TO_BYTE.get(char) ?? 0x3f));
        else if (!skipSpecial) bytes.push(...Buffer.from(text, "utf8"));
      }
      return Buffer.from(bytes).toString("utf8");
    },
    spellings: (ids) => ids.map((id) => spelling.get(id) ?? ""),
  };
}

/** Applies merges by rank until none is left. */
function merge(chars: readonly string[], ranks: ReadonlyMap<string, number>): string[] {
  const parts = [...chars];
  for (;;) {
    let [best, at] = [Number.POSITIVE_INFINITY, -1];
    for (let i = 0; i + 1 < parts.length; i += 1) {
      const rank = ranks.get(`${parts[i]} ${parts[i + 1]}`);
      if (rank !== undefined && rank < best) [best, at] = [rank, i];
    }
    if (at < 0) return parts;
    parts.splice(at, 2, `${parts[at]}${parts[at + 1]}`);
  }
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The Split pattern of the pre-tokenizer, in JavaScript's dialect, or GPT-2's rule in short. */
function splitRule(preTokenizer: unknown): RegExp {
  const parts = z.looseObject({ pretokenizers: z.array(z.unknown()).optional() }).safeParse(preTokenizer);
  const Split = z.looseObject({ type: z.literal("Split"), pattern: z.looseObject({ Regex: z.string() }) });
  for (const part of parts.data?.pretokenizers ?? [preTokenizer]) {
    const split = Split.safeParse(part);
    if (split.success) return new RegExp(withoutInlineFlags(split.data.pattern.Regex), "gu");
  }
  return new RegExp(DEFAULT_SPLIT, "gu");
}

/** `(?i:abc)` as `(?:[aA][bB][cC])`: Node 20 has no inline flags. */
const withoutInlineFlags = (pattern: string) =>
  pattern.replace(/\(\?i:([^()]*)\)/g, (_, body: string) => {
    const anyCase = body.replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
    return `(?:${anyCase})`;
  });

/** Ids the post-processor puts in front of a single text. */
function prefixIds(postProcessor: unknown, special: ReadonlyMap<string, number>): number[] {
  const Step = z.union([
    z.looseObject({ SpecialToken: z.looseObject({ id: z.string() }) }),
    z.looseObject({ Sequence: z.unknown() }),
  ]);
  const Template = z.looseObject({ type: z.literal("TemplateProcessing"), single: z.array(Step) });
  const Chain = z.looseObject({ type: z.literal("Sequence"), processors: z.array(z.unknown()) });
  const chain = Chain.safeParse(postProcessor);
  for (const processor of chain.success ? chain.data.processors : [postProcessor]) {
    const template = Template.safeParse(processor);
    if (!template.success) continue;
    const ids: number[] = [];
    for (const step of template.data.single) {
      if (!("SpecialToken" in step)) break;
      const token = z.looseObject({ id: z.string() }).parse(step.SpecialToken);
      ids.push(special.get(token.id) ?? 0);
    }
    return ids;
  }
  return [];
}
