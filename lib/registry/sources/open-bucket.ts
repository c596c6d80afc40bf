import type { Ctx, ReadCatalog } from "#lib/identity/ctx.ts";
import { invalidField, notFound } from "#lib/platform/errors.ts";
import { createS3, type OpenSource, type S3 } from "./s3-client.ts";
import { openSourceSecret } from "./source-secret.ts";
import { findSource } from "./source-store.ts";

export type Bucket = { s3: S3; source: OpenSource };

/** @throws AppError `not_found`, or `unavailable` when its secret cannot be opened */
export async function openBucket(read: ReadCatalog, sourceId: string, signal?: AbortSignal): Promise<Bucket> {
  const { deps, record } = await read(async (ctx: Ctx) => ({
    deps: ctx.deps,
    record: await findSource(ctx.tx, sourceId),
  }));
  if (record === null) throw notFound("import source");
  const source = openSourceSecret(deps.secrets, record);
  return { s3: createS3(deps, source, signal), source };
}

/** The same where the source is a field of the caller's input. */
export async function openNamedBucket(read: ReadCatalog, sourceId: string, signal?: AbortSignal): Promise<Bucket> {
  const isKnown = await read(async (ctx) => (await findSource(ctx.tx, sourceId)) !== null);
  if (isKnown) return openBucket(read, sourceId, signal);
  throw invalidField(
    "sourceId",
    "no_such_source",
    "There is no such import source.",
    "Choose one of Settings, Import sources.",
  );
}
