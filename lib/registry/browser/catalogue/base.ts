import type { CodeIn } from "../finding-codes.ts";
import type { CheckText } from "./check-text.ts";

const OWN_BASE = "Train on the pool's own base model.";

export const BASE_TEXTS = {
  base_model_matches: {
    title: "Trained on the pool's base model",
    proves:
      "base_model_name_or_path is the pool's base model or one of its aliases, and the revisions agree where both are given.",
    why: "vLLM never compares them when an adapter is loaded.",
    fix: null,
  },
  base_model_mismatch: {
    title: "Trained on another base model",
    proves:
      "base_model_name_or_path belongs to another known base: one that another pool serves, a public model, or another variant of the same family, such as Base against Instruct.",
    why: "When the shapes happen to fit, vLLM loads it without a word and answers wrongly.",
    fix: "Train on the pool's base, or use a pool of the base it was trained on.",
  },
  base_name_unknown: {
    title: "The base model's name is not known",
    proves:
      "base_model_name_or_path is neither the pool's base model nor an alias of it nor another known base; or it is empty. Trainers write the path or the quantised copy that they loaded.",
    why: "Shapes, architecture and tokenizer are compared, but another base with equal ones would answer wrongly without an error.",
    fix: "If it was trained on the pool's base or a copy of it, an admin acknowledges the name with one click: the pool keeps it as an alias.",
  },
  base_revision_mismatch: {
    title: "Trained on another revision of the base model",
    proves: "Config and pool both name a revision, and they differ.",
    why: "Shapes are equal and values are not: nothing in vLLM would notice.",
    fix: "Train on the pool's revision.",
  },
  shapes_match: {
    title: "Names, pairs, ranks and shapes fit the base",
    proves:
      "Every tensor belongs to a module the base has, in a layer it has, with its exact widths and the config's rank.",
    why: "vLLM checks only the last part of a name and that nothing is too large.",
    fix: null,
  },
  shape_too_small: {
    title: "Tensors for a narrower base",
    proves: "A side of a tensor is smaller than the module of the pool's base.",
    why: "vLLM copies it into the leading part of the slot: no error, and garbage as an answer.",
    fix: `${OWN_BASE} These shapes belong to a smaller one.`,
  },
  shape_too_large: {
    title: "Tensors for a wider base",
    proves: "A side of a tensor is larger than the module of the pool's base.",
    why: "The load fails with 500 on every node, and is tried again at every restart.",
    fix: `${OWN_BASE} These shapes belong to a larger one.`,
  },
  embedding_vocab: {
    title: "Embeddings or head for another vocabulary",
    proves: "The side of an embedding's or head's LoRA that counts tokens is not the base's vocabulary.",
    why: "vLLM refuses another vocabulary for embeddings; added tokens are not served since 0.12.",
    fix: "Train with the base's own vocabulary, without added tokens.",
  },
  lm_head_vocab: {
    title: "The base's head is too wide for a LoRA",
    proves: "The adapter adapts lm_head, and the base has more than 258,048 tokens.",
    why: "vLLM refuses to wrap a head that wide when LoRA is on.",
    fix: "Train without lm_head in target_modules.",
  },
  lm_head_tied: {
    title: "Embeddings and head are one matrix in this base",
    proves: "The base ties its embeddings, and the adapter adapts one or both of their uses.",
    why: "vLLM applies the LoRA to each use on its own; a merged model would change both. Answers may differ from training.",
    fix: "Compare answers with those from training, or train without embed_tokens and lm_head.",
  },
  wrong_prefix: {
    title: "Tensors named for another kind of model",
    proves: "The module's name is known, but not at the position that the tensor gives.",
    why: "vLLM compares only the last part of the name, loads the adapter, and applies nothing (vLLM issues 34186, 48019).",
    fix: "Train on the pool's own model class and export again: the names must be those of its modules.",
  },
  unknown_module: {
    title: "Modules the base does not have",
    proves: "The last part of a tensor's name is not a module that takes a LoRA in this architecture.",
    why: "vLLM refuses the adapter; under --lora-target-modules it leaves such modules out in silence.",
    fix: "Train on modules of the pool's base only; its training contract lists them.",
  },
  layer_out_of_range: {
    title: "Layers the base does not have",
    proves: "A layer's number is not below the base's number of layers.",
    why: "vLLM ignores layers it does not know: a part of the adapter would be missing.",
    fix: "Train on the pool's base model: this adapter is for a deeper one.",
  },
  layers_missing: {
    title: "Fewer layers than the base has",
    proves: "Some layers of the base carry no weights, and nothing in the config asks for that.",
    why: "It may have been trained on a shallower model of the same width. vLLM leaves the missing layers as they are.",
    fix: "Check which base it was trained on, and that the whole adapter was exported.",
  },
  layers_untouched: {
    title: "Some layers stay as in the base",
    proves: "The config chooses layers, and the file holds those.",
    why: "Layers without weights answer as in the base, as intended.",
    fix: null,
  },
  checks_not_made: {
    title: "Checks that could not be made",
    proves:
      "Switchyard does not know the modules of this architecture; the finding lists every check that was left out.",
    why: "Structure, config, ranks and pairs were checked. Only the load probe can show that the adapter is applied.",
    fix: "Stage it on one node first, and read the load probe's result.",
  },
  architecture_matches: {
    title: "Same architecture",
    proves: "The folder's config.json fixes the same shapes as the pool's: its checksum is equal.",
    why: "It proves the base by a file, not only by a name.",
    fix: null,
  },
  architecture_by_contract: {
    title: "Architecture as the training contract states",
    proves: "The folder brings no config.json, so the pool's training contract speaks for it.",
    why: "Shapes of all tensors were compared with the pool's base all the same.",
    fix: null,
  },
  architecture_mismatch: {
    title: "Trained on another architecture",
    proves: "The folder's config.json fixes other shapes than the pool's base model.",
    why: "vLLM never reads that file of an adapter.",
    fix: `${OWN_BASE} Or use a pool of that architecture.`,
  },
  base_file_unreadable: {
    title: "A file of the base cannot be read",
    proves: "config.json, a tokenizer's file or the chat template is not what its name says, or gives a key twice.",
    why: "A file that cannot be compared proves nothing, and must not pass for proof.",
    fix: "Copy it again from the base model, or leave it out.",
  },
} as const satisfies Record<CodeIn<"base">, CheckText>;
