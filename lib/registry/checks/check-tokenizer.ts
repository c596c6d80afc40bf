import { tokenizerChecksum } from "#lib/pools/fingerprint.ts";
import type { TrainingContract } from "#lib/pools/schema.ts";
import { TOKENIZER_FILE } from "../browser/file-set.ts";
import { error, pass } from "../browser/finding.ts";
import type { Finding } from "../schema.ts";
import type { BaseFileTexts, Compared } from "./compared.ts";
import { specialToken } from "./template/template-corpus.ts";

type Json = Record<string, unknown>;

/** Vocabulary files that cannot be compared without a tokenizer.json. */
const OTHER_VOCABULARIES = ["tokenizer.model", "vocab.json", "merges.txt", "added_tokens.json"];

/**
 * Compares tokenizer.json with the pool's. A pad token that was added for training alone counts as no difference.
 * @param padToken of tokenizer_config.json
 */
export function checkTokenizer(
  tokenizer: Json | null,
  texts: BaseFileTexts,
  contract: TrainingContract,
  padToken: string | null,
): Compared {
  const expected = contract.tokenizerChecksum;
  if (expected === null)
    return unproven(
      "The pool's training contract states no tokenizer to compare with.",
      "Give the pool its tokenizer.json.",
    );
  const other = OTHER_VOCABULARIES.find((path) => texts[path] !== undefined);
  if (tokenizer === null)
    return other === undefined
      ? {
          checksum: expected,
          finding: pass({
            code: "tokenizer_by_contract",
            title: "Tokenizer as the training contract states",
            message: "The folder has no tokenizer files, so the pool's training contract speaks for it.",
          }),
        }
      : unproven(
          `The folder brings ${other} without ${TOKENIZER_FILE}, so its tokenizer cannot be compared with the pool's.`,
          `Add the ${TOKENIZER_FILE} it was trained with, or leave out ${other}.`,
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
  if (padToken !== null && tokenizerChecksum(withoutToken(tokenizer, padToken)) === expected)
    return {
      checksum: expected,
      finding: pass({
        code: "tokenizer_pad_added",
        title: "Same tokenizer, and a pad token for training",
        message: `${TOKENIZER_FILE} adds ${padToken} and nothing else. Padding is not part of a prompt, and the node never generates it.`,
        field: TOKENIZER_FILE,
        evidence: { ...evidence, added: padToken },
      }),
    };
  return { checksum, finding: otherTokenizer(contract.baseModel, evidence) };
}

const otherTokenizer = (baseModel: string, evidence: Record<string, string>): Finding =>
  error({
    code: "tokenizer_mismatch",
    title: "Trained with another tokenizer",
    message:
      "vLLM ignores an adapter's tokenizer and uses the base's: the adapter would read other tokens than it learned.",
    fix: `Train with the tokenizer of ${baseModel}, without added tokens.`,
    field: TOKENIZER_FILE,
    evidence,
  });

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

/** Such as [PAD] or <|pad|>. An ordinary word as a pad token would split prompts that hold it in another way. */
const IN_NO_PROMPT = /^(?:<[^\s<>]+>|\[[^\s[\]]+\])$/;

/** The pad token that a tokenizer_config.json names; null = none, or one that prompts may hold. */
export function padTokenOf(config: Json | null): string | null {
  const token = specialToken(config?.pad_token);
  return token !== null && IN_NO_PROMPT.test(token) ? token : null;
}

/** A tokenizer as it was before a token was added to it. */
function withoutToken(tokenizer: Json, token: string): Json {
  const added = Array.isArray(tokenizer.added_tokens) ? tokenizer.added_tokens : [];
  const isToken = (entry: unknown): boolean =>
    typeof entry === "object" && entry !== null && "content" in entry && entry.content === token;
  return { ...tokenizer, added_tokens: added.filter((entry) => !isToken(entry)) };
}
