import type { CreateImportSource, ImportSource, UpdateImportSource } from "#lib/registry/browser/source-schema.ts";

/** What stands in the form; the secret is never read back, so an empty one keeps what is stored. */
export type SourceDraft = CreateImportSource;

export const draftOf = (source: ImportSource | null): SourceDraft => ({
  name: source?.name ?? "",
  endpoint: source?.endpoint ?? "",
  region: source?.region ?? "us-east-1",
  bucket: source?.bucket ?? "",
  prefix: source?.prefix ?? "",
  accessKeyId: source?.accessKeyId ?? "",
  secretAccessKey: "",
});

const KEYS = ["name", "endpoint", "region", "bucket", "prefix", "accessKeyId"] as const;

/** Only what was changed, and the secret only where one was entered. */
export function changeOf(source: ImportSource, draft: SourceDraft): UpdateImportSource {
  const change: UpdateImportSource = {};
  for (const key of KEYS) if (draft[key] !== source[key]) change[key] = draft[key];
  if (draft.secretAccessKey !== "") change.secretAccessKey = draft.secretAccessKey;
  return change;
}
