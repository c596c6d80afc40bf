import { findDuplicateKey } from "#lib/platform/safetensors/duplicate-keys.ts";
import { architectureChecksum, chatTemplateOf, FingerprintError } from "#lib/pools/fingerprint.ts";
import type { TrainingContract } from "#lib/pools/schema.ts";
import { lfsPointer, parseObject } from "../browser/adapter-config.ts";
import { formatOf } from "../browser/file-format.ts";
import { BASE_CONFIG_FILE, TEMPLATE_FILE, TOKENIZER_CONFIG_FILE, TOKENIZER_FILE } from "../browser/file-set.ts";
import { error, fieldOf, pass, warning } from "../browser/finding.ts";
import type { Finding } from "../schema.ts";
import { checkTokenizer, padTokenOf } from "./check-tokenizer.ts";
import type { BaseFileTexts, Compared } from "./compared.ts";
import { checkTemplate } from "./template/check-template.ts";
import type { TemplateVerdict } from "./template/compare-templates.ts";

/** What a version claims about its base, by its own files or else by the training contract. */
export type BaseChecksums = {
  architectureChecksum: string | null;
  tokenizerChecksum: string | null;
  chatTemplateChecksum: string | null;
  /** Tokens. */
  sequenceLimit: number | null;
};
export type BaseFilesCheck = { findings: Finding[]; checksums: BaseChecksums };

/** The folder's tokenizer_config.json; null = absent or broken. */
export function tokenizerConfigOf(texts: BaseFileTexts): Json | null {
  const json = readJson(texts, TOKENIZER_CONFIG_FILE);
  return json === "broken" ? null : json;
}

/** The chat template that the folder brings; null = none. */
export const templateOf = (texts: BaseFileTexts): string | null =>
  chatTemplateOf({ jinja: texts[TEMPLATE_FILE] ?? undefined, tokenizerConfig: tokenizerConfigOf(texts) ?? undefined });

/**
 * Compares architecture, tokenizer, chat template and sequence limit with the pool's training contract (design §5).
 * A file in the folder counts as proof; without it the contract speaks for the adapter; with neither it is rejected.
 * @param rendered how the folder's template renders beside the pool's; null = it was not tried
 */
export function checkBaseFiles(
  texts: BaseFileTexts,
  contract: TrainingContract,
  rendered: TemplateVerdict | null = null,
): BaseFilesCheck {
  const unreadable = (path: string) => unreadableFile(path, texts[path] ?? null);
  const provable = provableBy(unreadable);
  const config = readJson(texts, BASE_CONFIG_FILE);
  const tokenizerJson = readJson(texts, TOKENIZER_FILE);
  const tokenizerConfig = readJson(texts, TOKENIZER_CONFIG_FILE);
  const architecture = provable(BASE_CONFIG_FILE, config, (json) => checkArchitecture(json, contract));
  const tokenizer = provable(TOKENIZER_FILE, tokenizerJson, (json) =>
    checkTokenizer(json, texts, contract, padTokenOf(tokenizerConfigOf(texts))),
  );
  const template = checkTemplate(templateOf(texts), contract, rendered);
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
