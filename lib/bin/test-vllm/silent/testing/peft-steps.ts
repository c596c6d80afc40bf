import { writeSeededAdapter } from "#lib/platform/safetensors/seeded-adapter.ts";
import {
  type AdapterFiles,
  type Change,
  CONFIG,
  each,
  isB,
  WEIGHTS,
  withFields,
  withFile,
  withTensors,
} from "#lib/vllm/contract/change-adapter.ts";
import { mapped, resized, seededTensor, storedAs } from "#lib/vllm/contract/silent/matrices.ts";
import type { Sound } from "#lib/vllm/contract/silent/row.ts";

/** How a folder of `e2e/fixtures/peft_folders.py` is made without Python: the same config, names, shapes and formats. */
export type Twin = (sound: Sound) => AdapterFiles;
type Fields = Readonly<Record<string, unknown>>;
type Named = { name: string };

export const PREFIX = "base_model.model.";
export const LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];
export const has =
  (...parts: readonly string[]) =>
  ({ name }: Named): boolean =>
    parts.some((part) => name.includes(part));
export const not =
  (is: (tensor: Named) => boolean) =>
  (tensor: Named): boolean =>
    !is(tensor);

/** The trained adapter with its tensors changed one way after the other. */
const changed =
  (fields: Fields, ...changes: readonly Change[]): Twin =>
  ({ billing }) =>
    withFields(
      changes.reduce<AdapterFiles>((files, change) => withTensors(files, change), billing),
      fields,
    );
/** With other settings, the tensors as they are. */
export const set = (fields: Fields): Twin => changed(fields);
export const tensors = (...changes: readonly Change[]): Twin => changed({}, ...changes);
export const both = changed;

export const keep =
  (is: (tensor: Named) => boolean): Change =>
  (all) =>
    all.filter(is);
/** Another rank for these tensors; all others keep theirs. */
export const ranked = (rank: number, ...parts: readonly string[]): Change =>
  each(
    parts.length === 0 ? () => true : has(...parts),
    resized((rows, columns) => (rows === 16 ? [rank, columns] : [rows, rank])),
  );
export const stored = (dtype: "F32" | "F16", ...parts: readonly string[]): Change =>
  each(parts.length === 0 ? () => true : has(...parts), storedAs(dtype));
/** Every value of the tensors of one name. */
export const filled = (part: string, value: number): Change =>
  each(
    has(part),
    mapped(() => value),
  );
export const zeroed: Change = each(
  isB,
  mapped(() => 0),
);
/** More tensors, of a seed, by name and shape. */
export const added =
  (...more: readonly (readonly [name: string, shape: readonly number[]])[]): Change =>
  (all) => [...all, ...more.map(([name, shape]) => seededTensor(`${PREFIX}${name}`, shape, 0.2))];

export const headTensors = added(
  ["lm_head.base_layer.weight", [640, 64]],
  ["lm_head.lora_A.weight", [16, 64]],
  ["lm_head.lora_B.weight", [640, 16]],
);
/** PEFT saves the base's embeddings as well. */
export const embeddingTensors = (vocabulary: number): Change =>
  added(
    ["model.embed_tokens.base_layer.weight", [vocabulary, 64]],
    ["model.embed_tokens.lora_embedding_A", [16, vocabulary]],
    ["model.embed_tokens.lora_embedding_B", [64, 16]],
  );

/** Files beside the adapter. */
export const beside =
  (files: Readonly<Record<string, string>>): Twin =>
  ({ billing }) =>
    Object.entries(files).reduce<AdapterFiles>((all, [name, content]) => withFile(all, name, content), billing);

/** Trained on a base with other numbers in its config.json. */
export const ofBase =
  (numbers: Readonly<Record<string, number>>): Twin =>
  ({ baseName: baseModel, baseConfig }) =>
    writeSeededAdapter({
      ...{ seed: JSON.stringify(numbers), baseModel, rank: 16, alpha: 32 },
      baseConfig: { ...baseConfig, ...numbers },
    }).files;

/** With a tokenizer and template of its own, changed from the base's. */
export const withTokenizer =
  (change: { tokenizer?: (json: Tokenizer) => object; config?: Fields; template?: (text: string) => string }): Twin =>
  ({ support }) => {
    const { tokenizer = (json) => json, config = {}, template = (text) => text } = change;
    const file = (name: string): string => {
      const content = support.get(name) ?? "";
      return typeof content === "string" ? content : new TextDecoder().decode(content);
    };
    return new Map([
      ...support,
      ["tokenizer.json", JSON.stringify(tokenizer(JSON.parse(file("tokenizer.json"))))],
      ["tokenizer_config.json", JSON.stringify({ ...JSON.parse(file("tokenizer_config.json")), ...config })],
      ["chat_template.jinja", template(file("chat_template.jinja"))],
    ]);
  };
type Tokenizer = { added_tokens: readonly object[]; model: { vocab: Record<string, number> } };

const PAD = "<|added_pad|>";
export const addedPad = {
  tokenizer: (json: Tokenizer) => ({
    ...json,
    added_tokens: [
      ...json.added_tokens,
      {
        ...{ id: 640, content: PAD, special: true },
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
      },
    ],
  }),
  config: { pad_token: PAD },
};
/** The same words with other numbers. */
export const swappedVocabulary = {
  tokenizer: (json: Tokenizer) => {
    const words = Object.entries(json.model.vocab).filter(([, number]) => number >= 300);
    const numbers = words.map(([, number]) => number).reverse();
    const swapped = Object.fromEntries(words.map(([word], index) => [word, numbers[index] ?? 0]));
    return { ...json, model: { ...json.model, vocab: { ...json.model.vocab, ...swapped } } };
  },
};

/** Another file, or none, instead of the weights. */
export const weightsAs =
  (change: (weights: Uint8Array) => Readonly<Record<string, string | Uint8Array>>): Twin =>
  ({ billing }) => {
    const rest = [...billing].filter(([name]) => name !== WEIGHTS);
    return new Map([...rest, ...Object.entries(change(billing.get(WEIGHTS) as Uint8Array))]);
  };

/** The few keys that an old PEFT wrote. */
export const onlyKeys =
  (...keys: readonly string[]): Twin =>
  ({ billing }) => {
    const config = JSON.parse(new TextDecoder().decode(billing.get(CONFIG) as Uint8Array)) as Record<string, unknown>;
    return withFile(billing, CONFIG, JSON.stringify(Object.fromEntries(keys.map((key) => [key, config[key]]))));
  };
