import { staleEdit } from "#lib/http/etag.ts";
import { audit } from "#lib/identity/audit.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { type AppError, conflict, invalidField, notFound } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { orTaken } from "#lib/platform/or-taken.ts";
import { checkNodeUrl } from "#lib/platform/outbound.ts";
import type { CreateImportSource, ImportSource, UpdateImportSource } from "../browser/source-schema.ts";
import { asFolder } from "./source-paths.ts";
import { sealSourceSecret } from "./source-secret.ts";
import {
  deleteSource,
  findSource,
  insertSource,
  type SourceFields,
  saveSource,
  withoutSecret,
} from "./source-store.ts";

/** @throws AppError `conflict` (`name_taken`), `invalid` on the endpoint */
export async function createSource(ctx: Ctx, input: CreateImportSource): Promise<ImportSource> {
  const id = newId("importSource");
  const { secretAccessKey, ...rest } = input;
  const fields = {
    ...rest,
    endpoint: checkNodeUrl(input.endpoint, "endpoint"),
    prefix: asFolder(input.prefix),
    sealedSecret: sealSourceSecret(ctx.deps.secrets, id, secretAccessKey),
  };
  const created = await orTaken(insertSource(ctx.tx, id, fields));
  if (created === null) throw nameTaken(input.name);
  const source = withoutSecret(created);
  await audit(ctx, {
    action: "source.create",
    object: { type: "source", id },
    tenantId: null,
    after: source,
  });
  return source;
}

/**
 * Changes a source; without a new secret the old one stays. It stays with the endpoint and the key it was given for,
 * so that nobody can have it used elsewhere.
 * @throws AppError `not_found`, `stale`, `conflict` (`name_taken`), `invalid` on the endpoint or the secret
 */
export async function updateSource(
  ctx: Ctx,
  input: { sourceId: string; expectedGeneration: number; change: UpdateImportSource },
): Promise<ImportSource> {
  const before = await findSource(ctx.tx, input.sourceId);
  if (before === null) throw notFound("import source");
  const { secretAccessKey, ...change } = input.change;
  const fields: Partial<SourceFields> = { ...change };
  if (change.endpoint !== undefined) fields.endpoint = checkNodeUrl(change.endpoint, "endpoint");
  if (change.prefix !== undefined) fields.prefix = asFolder(change.prefix);
  const isMoved =
    (fields.endpoint ?? before.endpoint) !== before.endpoint ||
    (fields.accessKeyId ?? before.accessKeyId) !== before.accessKeyId;
  if (secretAccessKey === undefined && isMoved)
    throw invalidField(
      "secretAccessKey",
      "secret_needed",
      "Another endpoint or access key needs its secret.",
      "Enter the secret as well.",
    );
  if (secretAccessKey !== undefined)
    fields.sealedSecret = sealSourceSecret(ctx.deps.secrets, before.id, secretAccessKey);
  const saved = await orTaken(
    saveSource(ctx.tx, before.id, input.expectedGeneration, fields).then((row) => row ?? "stale"),
  );
  if (saved === "stale") throw staleEdit();
  if (saved === null) throw nameTaken(change.name ?? before.name);
  const after = withoutSecret(saved);
  await audit(ctx, {
    action: "source.update",
    object: { type: "source", id: before.id },
    tenantId: null,
    before: withoutSecret(before),
    after: { ...after, secretChanged: secretAccessKey !== undefined },
  });
  return after;
}

/** Versions that came from it stay; nothing more is taken from it. @throws AppError `not_found` */
export async function removeSource(ctx: Ctx, sourceId: string): Promise<void> {
  const before = await findSource(ctx.tx, sourceId);
  if (before === null || !(await deleteSource(ctx.tx, sourceId))) throw notFound("import source");
  await audit(ctx, {
    action: "source.delete",
    object: { type: "source", id: sourceId },
    tenantId: null,
    before: withoutSecret(before),
  });
}

const nameTaken = (name: string): AppError =>
  conflict("name_taken", `There is already an import source called ${name}.`, "Choose another name.", "name");
