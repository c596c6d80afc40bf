import { encodeSafetensors } from "#lib/platform/safetensors/encode.ts";
import {
  type AdapterFiles,
  CONFIG,
  WEIGHTS,
  withFields,
  withFile,
  withoutFile,
  withTensors,
} from "../change-adapter.ts";
import { seededTensor } from "./matrices.ts";
import { accepted, type Row, refused } from "./row.ts";

const Q0 = "base_model.model.model.layers.0.self_attn.q_proj";

const jsonOf = (files: AdapterFiles, name: string) => JSON.parse(textOf(files, name)) as Record<string, unknown>;
const textOf = (files: AdapterFiles, name: string): string => {
  const content = files.get(name) ?? "";
  return typeof content === "string" ? content : new TextDecoder().decode(content);
};
const addedTensor = (files: AdapterFiles, name: string, shape: readonly number[]) =>
  withTensors(files, (tensors) => [...tensors, seededTensor(name, shape, 0.1)]);

export const VARIANT_ROWS: readonly Row[] = [
  {
    id: "dora",
    group: "variants",
    what: "use_dora is true",
    files: ({ billing }) => withFields(billing, { use_dora: true }),
    expects: refused("DoRA"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "dora-vectors",
    group: "variants",
    what: "DoRA's vectors in the file, use_dora false",
    files: ({ billing }) => addedTensor(billing, `${Q0}.lora_magnitude_vector`, [64]),
    expects: refused("unsupported LoRA weight"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "bias",
    group: "variants",
    what: "bias is lora_only",
    files: ({ billing }) => withFields(billing, { bias: "lora_only" }),
    expects: refused("bias is not supported"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "lora-bias",
    group: "variants",
    what: "lora_bias is true",
    files: ({ billing }) => withFields(billing, { lora_bias: true }),
    expects: refused("lora_bias"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "bias-tensors",
    group: "variants",
    what: "A bias in the file, bias none in the config",
    files: ({ billing }) => addedTensor(billing, `${Q0}.bias`, [64]),
    expects: refused("unsupported LoRA weight"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "modules-to-save",
    group: "variants",
    what: "modules_to_save names lm_head",
    files: ({ billing }) => withFields(billing, { modules_to_save: ["lm_head"] }),
    expects: refused("modules_to_save"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "modules-to-save-head",
    group: "variants",
    what: "modules_to_save names score, which classifiers have",
    files: ({ billing }) => withFields(billing, { modules_to_save: ["score"] }),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: false,
    because: "A pool generates text; a saved head would be left out.",
  },
  {
    id: "saved-module-tensors",
    group: "variants",
    what: "A whole lm_head in the file",
    files: ({ billing }) => addedTensor(billing, "base_model.model.lm_head.weight", [640, 64]),
    expects: refused("unsupported LoRA weight"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "trained-tokens",
    group: "variants",
    what: "trainable_token_indices in the config",
    files: ({ billing }) => withFields(billing, { trainable_token_indices: [5, 7] }),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: false,
    because: "The rows that were trained are left out.",
  },
  {
    id: "trained-token-tensors",
    group: "variants",
    what: "Trained rows of the embedding in the file",
    files: ({ billing }) =>
      addedTensor(billing, "base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta", [2, 64]),
    expects: refused("unsupported LoRA weight"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "activated-lora",
    group: "variants",
    what: "alora_invocation_tokens: applies after certain tokens only",
    files: ({ billing }) => withFields(billing, { alora_invocation_tokens: [5, 7] }),
    expects: refused("Activated LoRA"),
    madeFrom: "billing",
    isSound: false,
  },
];

export const FILE_ROWS: readonly Row[] = [
  {
    id: "new-embeddings",
    group: "files",
    what: "new_embeddings.safetensors beside the weights: tokens were added",
    files: ({ billing }) =>
      withFile(
        billing,
        "new_embeddings.safetensors",
        encodeSafetensors([seededTensor("input_embeddings", [2, 64], 1)]),
      ),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: false,
    because: "The added tokens are left out.",
  },
  {
    id: "other-tokenizer",
    group: "files",
    what: "A tokenizer.json with one added token",
    files: ({ support }) => {
      const tokenizer = jsonOf(support, "tokenizer.json");
      const token = { id: 640, content: "<|invoice|>", special: true };
      const added = [...(tokenizer.added_tokens as unknown[]), token];
      return withFile(support, "tokenizer.json", JSON.stringify({ ...tokenizer, added_tokens: added }));
    },
    expects: accepted("as trained"),
    madeFrom: "support",
    isSound: false,
    because: "vLLM uses the base's tokenizer, so the adapter reads other tokens than it learned.",
  },
  {
    id: "other-template",
    group: "files",
    what: "Another chat_template.jinja",
    files: ({ support }) => withFile(support, "chat_template.jinja", "{{ messages[0]['content'] }}"),
    expects: accepted("as trained"),
    madeFrom: "support",
    isSound: false,
    because: "vLLM uses the base's template, so prompts have a form that the adapter never saw.",
  },
  {
    id: "other-architecture",
    group: "files",
    what: "A config.json of another base",
    files: ({ billing, baseConfig }) =>
      withFile(billing, "config.json", JSON.stringify({ ...baseConfig, num_hidden_layers: 4 })),
    expects: accepted("as trained"),
    madeFrom: "billing",
    isSound: false,
    because: "The file says what the adapter was trained on; vLLM does not look.",
  },
  {
    id: "pickled-weights",
    group: "files",
    what: "The weights as a pickle, adapter_model.bin",
    files: ({ billing }) => withFile(withoutFile(billing, WEIGHTS), "adapter_model.bin", "made by the run"),
    expects: accepted("as trained"),
    madeFrom: "billing",
    pickled: true,
    isSound: false,
    because: "Reading a pickle can run code; Switchyard stores none.",
  },
  {
    id: "weights-cut-off",
    group: "files",
    what: "The weights file was cut short",
    files: ({ billing }) => withFile(billing, WEIGHTS, (billing.get(WEIGHTS) as Uint8Array).subarray(0, -1000)),
    expects: refused("Error while deserializing header"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "no-weights",
    group: "files",
    what: "No weights file",
    files: ({ billing }) => withoutFile(billing, WEIGHTS),
    expects: refused("doesn't contain tensors"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "sharded-weights",
    group: "files",
    what: "The weights in numbered parts",
    files: ({ billing }) =>
      withFile(withoutFile(billing, WEIGHTS), "adapter_model-00001-of-00001.safetensors", billing.get(WEIGHTS) ?? ""),
    expects: refused("doesn't contain tensors"),
    madeFrom: "billing",
    isSound: false,
  },
  {
    id: "no-config",
    group: "files",
    what: "No adapter_config.json",
    files: ({ billing }) => withoutFile(billing, CONFIG),
    expects: refused("No adapter found", 404),
    madeFrom: "billing",
    isSound: false,
  },
];

export const NODE_ROWS: readonly Row[] = [
  {
    id: "modules-not-of-node",
    group: "node",
    what: "A sound adapter on a node with --lora-target-modules q_proj v_proj: most of its modules are left out",
    files: ({ billing }) => billing,
    start: { loraTargetModules: ["q_proj", "v_proj"] },
    expects: accepted("otherwise"),
    madeFrom: "billing",
    isSound: false,
    fault: "node",
  },
  {
    id: "no-module-of-node",
    group: "node",
    what: "MLP modules only, on a node with --lora-target-modules q_proj v_proj",
    files: ({ billing }) =>
      withFields(
        withTensors(billing, (tensors) => tensors.filter(({ name }) => name.includes(".mlp."))),
        { target_modules: ["gate_proj", "up_proj", "down_proj"] },
      ),
    start: { loraTargetModules: ["q_proj", "v_proj"] },
    expects: accepted("as the base"),
    madeFrom: "billing",
    isSound: false,
    fault: "node",
  },
];
