import { type CheckGroup, groupOf } from "../browser/finding-codes.ts";
import type { Finding, FindingSeverity } from "../schema.ts";

/** What an import says of its rows beside the checks of their bytes, with the group it belongs to. */
const ROW_CODES = {
  row_duplicate: "name",
  tenant_taken_meanwhile: "name",
  adapter_taken_meanwhile: "name",
  tenant_leaving: "name",
  adapter_in_other_pool: "name",
  name_new_tenant: "name",
  name_new_adapter: "name",
  name_new_version: "name",
  name_guessed: "name",
  same_as_version: "name",
  bytes_known: "name",
} as const satisfies Record<string, CheckGroup>;
type RowCode = keyof typeof ROW_CODES;

type Parts = {
  code: RowCode;
  title: string;
  message: string;
  fix?: string;
  field?: string;
  evidence?: Record<string, string>;
};

export const rowFinding = (severity: FindingSeverity, { evidence = {}, ...parts }: Parts): Finding => ({
  fix: null,
  field: null,
  ...parts,
  severity,
  evidence: Object.entries(evidence).map(([label, value]) => ({ label, value })),
});

/** The group of a finding; what nobody listed is about the folder itself. */
export const groupIn = (code: string): CheckGroup =>
  code in ROW_CODES ? ROW_CODES[code as RowCode] : (groupOf(code) ?? "files");
