import type { Client } from "#lib/api/client.ts";
import type { Database } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { platformScope } from "#lib/platform/scope.ts";
import { digest12 } from "../artifacts/store-layout.ts";
import type { Folder } from "./adapter-folder.ts";
import { registerVersion } from "./register.ts";

/** Rows of a version and its files, as Postgres writes them in JSON. */
type Original = { version: string; files: string; digest: string };

/**
 * Adds versions of one folder to any adapter: the first as the console does it, the others as copies of the rows that it
 * left. What is asked of a catalog does not read their bytes, and to check them costs more than most tests.
 * @returns what adds one, and says its id
 */
export function versionMaker(
  admin: Client,
  db: () => Database,
  folder: Folder,
): (adapterId: string) => Promise<string> {
  let original: Promise<Original> | null = null;
  return async (adapterId) => {
    if (original !== null) return addCopy(db(), await original, adapterId);
    const registered = registerVersion(admin, adapterId, folder);
    original = registered.then(({ id }) => readOriginal(db(), id));
    await original;
    return (await registered).id;
  };
}

const readOriginal = (db: Database, versionId: string): Promise<Original> =>
  db.read(platformScope, async ({ client }) => {
    const [row] = await client.$queryRaw<Original[]>`
      SELECT to_jsonb(v)::text AS "version", v."digest",
        (SELECT jsonb_agg(f)::text FROM "VersionFile" f WHERE f."versionId" = v."id") AS "files"
      FROM "AdapterVersion" v WHERE v."id" = ${versionId}`;
    if (row === undefined) throw new Error(`there is no version ${versionId}`);
    return row;
  });

const addCopy = (db: Database, { version, files, digest }: Original, adapterId: string): Promise<string> =>
  db.write(platformScope, async ({ client }) => {
    const id = newId("version");
    const { tenantId, slug, tenant, versions } = await client.adapter.findUniqueOrThrow({
      where: { id: adapterId },
      include: { tenant: { select: { slug: true } }, versions: { select: { number: true } } },
    });
    const number = Math.max(0, ...versions.map((other) => other.number)) + 1;
    const names = {
      loraName: `${tenant.slug}--${slug}--v${number}-${digest12(digest)}`,
      storePath: `${tenant.slug}--${slug}/${digest12(digest)}`,
    };
    const now = new Date();
    const own = JSON.stringify({ id, tenantId, adapterId, number, ...names, createdAt: now, updatedAt: now });
    await client.$executeRaw`
      INSERT INTO "AdapterVersion"
      SELECT * FROM jsonb_populate_record(null::"AdapterVersion", ${version}::jsonb || ${own}::jsonb)`;
    await client.$executeRaw`
      INSERT INTO "VersionFile"
      SELECT copy.* FROM jsonb_array_elements(${files}::jsonb) WITH ORDINALITY AS file(row, n),
        jsonb_populate_record(null::"VersionFile", file.row || jsonb_build_object(
          'id', 'fil_' || ${id}::text || file.n, 'tenantId', ${tenantId}::text, 'versionId', ${id}::text)) AS copy`;
    return id;
  });
