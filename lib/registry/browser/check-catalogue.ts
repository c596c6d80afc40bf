import type { FindingSeverity } from "../schema.ts";
import { BASE_TEXTS } from "./catalogue/base.ts";
import type { CheckText } from "./catalogue/check-text.ts";
import { CONFIG_TEXTS } from "./catalogue/config.ts";
import { FILE_TEXTS } from "./catalogue/files.ts";
import { NAME_TEXTS } from "./catalogue/name.ts";
import { POOL_TEXTS } from "./catalogue/pool.ts";
import { TOKENIZER_TEXTS } from "./catalogue/tokenizer.ts";
import { VALUE_TEXTS } from "./catalogue/values.ts";
import { WEIGHT_TEXTS } from "./catalogue/weights.ts";
import { type CheckGroup, FINDING_CODES, type FindingCode } from "./finding-codes.ts";

const TEXTS: Readonly<Record<FindingCode, CheckText>> = {
  ...FILE_TEXTS,
  ...NAME_TEXTS,
  ...CONFIG_TEXTS,
  ...WEIGHT_TEXTS,
  ...BASE_TEXTS,
  ...TOKENIZER_TEXTS,
  ...VALUE_TEXTS,
  ...POOL_TEXTS,
};

/** Where a check is made: in the browser before a byte is sent, and again on the server; or on the server only. */
export type CheckStage = "browser" | "server" | "import";
export type CheckEntry = CheckText & {
  code: FindingCode;
  group: CheckGroup;
  severity: FindingSeverity;
  stage: CheckStage;
};

/** Checks that read every weight, compare with stored bytes, or fingerprint files of the base. */
const ON_SERVER: ReadonlySet<FindingCode> = new Set([
  "already_stored",
  "architecture_matches",
  "architecture_by_contract",
  "architecture_mismatch",
  "base_file_unreadable",
  "sequence_limit_below_pool",
]);

const stageOf = (code: FindingCode, group: CheckGroup): CheckStage => {
  if (group === "tokenizer" || group === "values" || ON_SERVER.has(code)) return "server";
  return group === "name" && !code.startsWith("file_name") && !code.startsWith("tensor_name") ? "import" : "browser";
};

const entryOf = (code: FindingCode): CheckEntry => {
  const [group, severity] = FINDING_CODES[code];
  return { ...TEXTS[code], code, group, severity, stage: stageOf(code, group) };
};

/** Every check, by its code. Large: for the help pages only; `finding-codes.ts` has what a screen with findings needs. */
export const CHECK_CATALOGUE: Readonly<Record<FindingCode, CheckEntry>> = Object.fromEntries(
  (Object.keys(FINDING_CODES) as FindingCode[]).map((code) => [code, entryOf(code)]),
) as Record<FindingCode, CheckEntry>;

/** Every check in reading order. */
export const CHECK_LIST: readonly CheckEntry[] = Object.values(CHECK_CATALOGUE);
