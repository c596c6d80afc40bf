import type { VersionFile } from "../schema.ts";

/** A draft to which nothing came for this long is given up: its bytes go, its number stays taken. */
export const DRAFT_IDLE_MS = 7 * 86_400_000;

/** When something last happened to a draft: it was opened, or bytes of it arrived. */
export const draftTouchedAt = (draft: { createdAt: string; files: readonly { receivedAt: string | null }[] }): string =>
  draft.files.reduce(
    (latest, { receivedAt }) => (receivedAt && receivedAt > latest ? receivedAt : latest),
    draft.createdAt,
  );

/** When a draft will be given up unless more arrives. */
export const draftExpiresAt = (draft: { createdAt: string; files: readonly VersionFile[] }): string =>
  new Date(Date.parse(draftTouchedAt(draft)) + DRAFT_IDLE_MS).toISOString();
