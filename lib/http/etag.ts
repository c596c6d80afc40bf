import { AppError } from "#lib/platform/errors.ts";

/** The tag of anything that counts its edits: `"g7"` for generation 7. */
export const tagOf = (body: unknown): string | null =>
  typeof body === "object" && body !== null && "generation" in body && typeof body.generation === "number"
    ? `"g${body.generation}"`
    : null;

/**
 * The generation a caller saw, from `If-Match`.
 * @throws AppError `precondition_required` when it is missing, `stale` when it cannot be one of ours
 */
export function parseIfMatch(header: string | undefined): number {
  if (header === undefined)
    throw new AppError("precondition_required", "This change needs the version you saw.", {
      fix: 'Read the object first and send its ETag as If-Match, such as "g3".',
    });
  const match = /^(?:W\/)?"g(\d{1,9})"$/.exec(header.trim());
  if (!match) throw staleEdit();
  return Number(match[1]);
}

/** Somebody else changed the object since the caller read it. */
export const staleEdit = () =>
  new AppError("stale", "It was changed since you opened it.", { fix: "Reload, look at the change, then try again." });
