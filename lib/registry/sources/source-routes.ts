import * as z from "zod";
import { idOf, PageQuery } from "#lib/http/schema.ts";
import { route, routeWithPrepare } from "#lib/identity/route.ts";
import {
  CreateImportSource,
  ImportFromBucket,
  ImportSourcePage,
  ImportSourceSchema,
  SourceTestSchema,
  UpdateImportSource,
} from "../browser/source-schema.ts";
import { VersionSchema } from "../schema.ts";
import { createSource, removeSource, updateSource } from "./change-source.ts";
import { importFromBucket, recordBucketImport } from "./import-from-bucket.ts";
import { testSource } from "./list-source-folders.ts";
import { listSources } from "./source-store.ts";

const SourceParams = z.object({ sourceId: idOf("src") });

export const sourceRoutes = [
  route(
    "GET /import-sources",
    {
      summary: "List the buckets that adapters are imported from",
      action: "settings.write",
      query: PageQuery,
      ok: ImportSourcePage,
    },
    ({ ctx, query }) => listSources(ctx.tx, query),
  ),
  route(
    "POST /import-sources",
    {
      summary: "Add a bucket to import adapters from",
      action: "settings.write",
      body: CreateImportSource,
      ok: ImportSourceSchema,
      status: 201,
      errors: ["conflict"],
    },
    ({ ctx, body }) => createSource(ctx, body),
  ),
  route(
    "PATCH /import-sources/{sourceId}",
    {
      summary: "Change a bucket's settings",
      description: "Without a secret, the old one stays. A new endpoint or access key requires its secret.",
      action: "settings.write",
      params: SourceParams,
      body: UpdateImportSource,
      ok: ImportSourceSchema,
      ifMatch: true,
      errors: ["not_found", "conflict", "stale"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      updateSource(ctx, { sourceId: params.sourceId, expectedGeneration, change: body }),
  ),
  route(
    "DELETE /import-sources/{sourceId}",
    {
      summary: "Remove a bucket; versions imported from it stay",
      action: "settings.write",
      params: SourceParams,
      ok: null,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => {
      await removeSource(ctx, params.sourceId);
      return undefined;
    },
  ),
  routeWithPrepare(
    "POST /import-sources/{sourceId}/test",
    {
      summary: "Test a bucket by listing it as an import would",
      action: "settings.write",
      params: SourceParams,
      ok: SourceTestSchema,
      errors: ["not_found"],
      unaudited: "reads a listing and changes nothing",
    },
    ({ params, read, request }) => testSource(read, params.sourceId, request.signal),
    async ({ prepared }) => prepared,
  ),
  routeWithPrepare(
    "POST /adapters/{adapterId}/versions/from-bucket",
    {
      summary: "Add a version from a folder of an S3 bucket",
      description: "Returns the version as ready or rejected, with every finding.",
      action: "version.write",
      params: z.object({ adapterId: idOf("adp") }),
      body: ImportFromBucket,
      ok: VersionSchema,
      status: 201,
      errors: ["not_found", "conflict", "unavailable"],
    },
    ({ params, body, read, request }) => importFromBucket(read, { ...body, ...params }, request.signal),
    ({ ctx, params, body, prepared }) => recordBucketImport(ctx, { ...body, ...params, imported: prepared }),
  ),
] as const;
