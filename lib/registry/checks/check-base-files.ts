import { findDuplicateKey } from "#lib/platform/safetensors/duplicate-keys.ts";
import {
  architectureChecksum,
  chatTemplateChecksum,
  chatTemplateOf,
  FingerprintError,
  tokenizerChecksum,
} from "#lib/pools/fingerprint.ts";
import type { TrainingContract } from "#lib/pools/schema.ts";
import { lfsPointer, parseObject } from "../browser/adapter-config.ts";
import { formatOf } from "../browser/file-format.ts";
import { BASE_CONFIG_FILE, TEMPLATE_FILE, TOKENIZER_CONFIG_FILE, TOKENIZER_FILE } from "../browser/file-set.ts";
import { error, fieldOf, note, pass, warning } from "../browser/finding.ts";
import type { Finding } from "../schema.ts";

/** Texts of the files a trainer leaves beside an adapter; null = not UTF-8, absent key = no such file. */
export type BaseFileTexts = Readonly<Record<string, string | null>>;

/** What a version claims about its base, by its own files or else by the training contract. */
export type BaseChecksums = {
  architectureChecksum: string | null;
  tokenizerChecksum: string | null;
  chatTemplateChecksum: string | null;
  /** Tokens. */
  sequenceLimit: number | null;
};
export type BaseFilesCheck = { findings: Finding[]; checksums: BaseChecksums };

/**
 * Compares architecture, tokenizer, chat template and sequence limit with the pool's training contract (design §5).
 * A file in the folder counts as proof; without it the contract speaks for the adapter; with neither it is rejected.
 */
export function checkBaseFiles(texts: BaseFileTexts, contract: TrainingContract): BaseFilesCheck {
  const unreadable = (path: string) => unreadableFile(path, texts[path] ?? null);
  const provable = provableBy(unreadable);
  const config = readJson(texts, BASE_CONFIG_FILE);
  const tokenizerJson = readJson(texts, TOKENIZER_FILE);
  const tokenizerConfig = readJson(texts, TOKENIZER_CONFIG_FILE);
  const architecture = provable(BASE_CONFIG_FILE, config, (json) => checkArchitecture(json, contract));
  const tokenizer = provable(TOKENIZER_FILE, tokenizerJson, (json) => checkTokenizer(json, texts, contract));
  const template = checkTemplate(
    chatTemplateOf({
      jinja: texts[TEMPLATE_FILE] ?? undefined,
      tokenizerConfig: tokenizerConfig === "broken" ? undefined : (tokenizerConfig ?? undefined),
    }),
    contract,
  );
  const limit = checkSequenceLimit(
    tokenizerConfig === "broken" ? undefined : tokenizerConfig?.model_max_length,
    contract,
  );
  return {
    findings: [
      architecture.finding,
      tokenizer.finding,
      ...(tokenizerConfig === "broken" ? [unreadable(TOKENIZER_CONFIG_FILE)] : []),
      ...(texts[TEMPLATE_FILE] === null ? [unreadable(TEMPLATE_FILE)] : []),
      ...remoteCode(BASE_CONFIG_FILE, config),
      ...remoteCode(TOKENIZER_CONFIG_FILE, tokenizerConfig),
      template.finding,
      ...limit.findings,
    ],
    checksums: {
      architectureChecksum: architecture.checksum,
      tokenizerChecksum: tokenizer.checksum,
      chatTemplateChecksum: template.checksum,
      sequenceLimit: limit.tokens,
    },
  };
}

type Json = Record<string, unknown>;
type Compared = { finding: Finding; checksum: string | null };

/** null = no such file. A small file that gives a key twice is broken: readers differ in which one they take. */
function readJson(texts: BaseFileTexts, path: string): Json | "broken" | null {
  const text = texts[path];
  if (text === undefined) return null;
  const json = parseObject(text);
  if (text === null || json === null) return "broken";
  return path !== TOKENIZER_FILE && findDuplicateKey(text) !== null ? "broken" : json;
}

/** A file that cannot be read or fingerprinted proves nothing and is refused. */
const provableBy =
  (unreadable: (path: string) => Finding) =>
  (path: string, json: Json | "broken" | null, check: (json: Json | null) => Compared): Compared => {
    if (json === "broken") return { finding: unreadable(path), checksum: null };
    try {
      return check(json);
    } catch (thrown) {
      if (!(thrown instanceof FingerprintError || isTooDeep(thrown))) throw thrown;
      return { finding: unreadable(path), checksum: null };
    }
  };

/** JSON nested tens of thousands deep parses, but cannot be walked. */
const isTooDeep = (thrown: unknown): boolean => thrown instanceof RangeError && /call stack/.test(thrown.message);

function unreadableFile(path: string, text: string | null): Finding {
  const format = text === null ? null : formatOf(new TextEncoder().encode(text.slice(0, 64)));
  if (format?.kind === "lfs") return lfsPointer(path);
  const twice = path.endsWith(".json") && text !== null && parseObject(text) !== null ? findDuplicateKey(text) : null;
  return error({
    code: "base_file_unreadable",
    title: `${path} cannot be read`,
    message:
      twice === null
        ? "It is not what its name says, in valid UTF-8, so it cannot be compared with the pool's."
        : `It gives ${JSON.stringify(twice)} twice, and readers differ in which one they take.`,
    fix: "Copy it again from the base model, or leave it out.",
    field: path,
  });
}

const remoteCode = (path: string, json: Json | "broken" | null): Finding[] =>
  json === null || json === "broken" || json.auto_map === undefined || json.auto_map === null
    ? []
    : [
        error({
          code: "auto_map",
          title: `${path} names code to run`,
          message: "auto_map makes a loader run Python from the folder.",
          fix: `Remove auto_map from ${path}.`,
          field: fieldOf(path, "auto_map"),
        }),
      ];

function checkArchitecture(config: Json | null, contract: TrainingContract): Compared {
  if (config === null)
    return {
      checksum: contract.architectureChecksum,
      finding: pass({
        code: "architecture_by_contract",
        title: "Architecture as the training contract states",
        message: `The folder has no ${BASE_CONFIG_FILE}; tensor shapes were compared with the pool's base.`,
      }),
    };
  const checksum = architectureChecksum(config);
  const evidence = { found: checksum, pool: contract.architectureChecksum };
  if (checksum === contract.architectureChecksum)
    return {
      checksum,
      finding: pass({
        code: "architecture_matches",
        title: "Same architecture",
        message: `${BASE_CONFIG_FILE} has the pool's shapes.`,
        field: BASE_CONFIG_FILE,
        evidence,
      }),
    };
  return {
    checksum,
    finding: error({
      code: "architecture_mismatch",
      title: "Trained on another architecture",
      message: `${BASE_CONFIG_FILE} fixes other shapes than the pool's base model.`,
      fix: `Train on ${contract.baseModel}, or use a pool of that architecture.`,
      field: BASE_CONFIG_FILE,
      evidence,
    }),
  };
}

/** Vocabulary files that cannot be compared without a tokenizer.json. */
const OTHER_VOCABULARIES = ["tokenizer.model", "vocab.json", "merges.txt", "added_tokens.json"];

function checkTokenizer(tokenizer: Json | null, texts: BaseFileTexts, contract: TrainingContract): Compared {
  const expected = contract.tokenizerChecksum;
  if (expected === null)
    return unproven(
      "The pool's training contract states no tokenizer to compare with.",
      "Give the pool its tokenizer.json.",
    );
  const stranger = OTHER_VOCABULARIES.find((path) => texts[path] !== undefined);
  if (tokenizer === null)
    return stranger === undefined
      ? {
          checksum: expected,
          finding: pass({
            code: "tokenizer_by_contract",
            title: "Tokenizer as the training contract states",
            message: "The folder has no tokenizer files, so the pool's training contract speaks for it.",
          }),
        }
      : unproven(
          `The folder brings ${stranger} without ${TOKENIZER_FILE}, so its tokenizer cannot be compared with the pool's.`,
          `Add the ${TOKENIZER_FILE} it was trained with, or leave out ${stranger}.`,
        );
  const checksum = tokenizerChecksum(tokenizer);
  const evidence = { found: checksum, pool: expected };
  if (checksum === expected)
    return {
      checksum,
      finding: pass({
        code: "tokenizer_matches",
        title: "Same tokenizer",
        message: `${TOKENIZER_FILE} makes the same tokens as the pool's.`,
        field: TOKENIZER_FILE,
        evidence,
      }),
    };
  return {
    checksum,
    finding: error({
      code: "tokenizer_mismatch",
      title: "Trained with another tokenizer",
      message:
        "vLLM ignores an adapter's tokenizer and uses the base's: the adapter would read other tokens than it learned.",
      fix: `Train with the tokenizer of ${contract.baseModel}, without added tokens.`,
      field: TOKENIZER_FILE,
      evidence,
    }),
  };
}

const unproven = (message: string, fix: string): Compared => ({
  checksum: null,
  finding: error({
    code: "tokenizer_unproven",
    title: "Nothing proves the tokenizer",
    message,
    fix,
    field: TOKENIZER_FILE,
  }),
});

function checkTemplate(template: string | null, contract: TrainingContract): Compared {
  if (template === null || contract.chatTemplateChecksum === null)
    return {
      checksum: template === null ? contract.chatTemplateChecksum : chatTemplateChecksum(template),
      finding:
        contract.chatTemplateChecksum === null
          ? note({
              code: "chat_template_unchecked",
              title: "The chat template was not compared",
              message: "The pool states none; the node uses whatever its base model brings.",
            })
          : pass({
              code: "chat_template_by_contract",
              title: "Chat template as the training contract states",
              message: "The folder brings none.",
            }),
    };
  const checksum = chatTemplateChecksum(template);
  const evidence = { found: checksum, pool: contract.chatTemplateChecksum };
  if (checksum === contract.chatTemplateChecksum)
    return {
      checksum,
      finding: pass({
        code: "chat_template_matches",
        title: "Same chat template",
        message: "Prompts are laid out as in training.",
        evidence,
      }),
    };
  return {
    checksum,
    finding: error({
      code: "chat_template_mismatch",
      title: "Trained with another chat template",
      message:
        "The node lays every prompt out with the pool's template, not with the adapter's: it would see a form it never learned.",
      fix: "Train with the pool's chat template, or use a pool that serves this one.",
      field: TEMPLATE_FILE,
      evidence,
    }),
  };
}

/** Beyond this a tokenizer config says "no limit" (transformers writes 1e30). */
const NO_LIMIT = 1e9;

function checkSequenceLimit(stated: unknown, contract: TrainingContract): { tokens: number; findings: Finding[] } {
  if (typeof stated !== "number" || !Number.isInteger(stated) || stated < 1 || stated > NO_LIMIT)
    return { tokens: contract.sequenceLimit, findings: [] };
  if (stated >= contract.sequenceLimit) return { tokens: contract.sequenceLimit, findings: [] };
  return {
    tokens: stated,
    findings: [
      warning({
        code: "sequence_limit_below_pool",
        title: "Trained for shorter prompts than the pool takes",
        message: `Its tokenizer stops at ${stated} tokens, the pool at ${contract.sequenceLimit}: longer prompts are untried.`,
        fix: `Train with ${contract.sequenceLimit} tokens, or keep prompts below ${stated}.`,
        field: fieldOf(TOKENIZER_CONFIG_FILE, "model_max_length"),
      }),
    ],
  };
}
