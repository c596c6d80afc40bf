import * as z from "zod";
import { idOf, pageOf } from "#lib/http/schema.ts";
import { route, routeWithPrepare } from "#lib/identity/route.ts";
import { JobSchema } from "#lib/jobs/schema.ts";
import {
  CheckRows,
  CreateImport,
  EditRow,
  ImportDetailSchema,
  ImportListQuery,
  ImportRowSchema,
  ImportSchema,
  RowListQuery,
} from "../browser/import-schema.ts";
import { VersionSchema } from "../schema.ts";
import { createImport, findRows } from "./create-import.ts";
import { discardImport } from "./discard-import.ts";
import { editRow } from "./edit-row.ts";
import { viewImport, viewImports, viewRows } from "./get-import.ts";
import { openRow } from "./open-row.ts";
import { reasonsSheet } from "./reasons-sheet.ts";
import { startCheck, startRun } from "./start-import-job.ts";
import { viewRow } from "./view-import.ts";

const ImportParams = z.object({ importId: idOf("imp") });
const RowParams = ImportParams.extend({ rowId: idOf("row") });
/** A thousand dropped folders with what the browser's checks said of each. */
const CREATE_MAX_BYTES = 32_000_000;

export const importRoutes = [
  route(
    "GET /imports",
    {
      summary: "List imports",
      description: "A draft stays until every row is imported or skipped, or until it is discarded.",
      action: "fleet.read",
      query: ImportListQuery,
      ok: pageOf(ImportSchema),
    },
    ({ ctx, query }) => viewImports(ctx, query),
  ),
  routeWithPrepare(
    "POST /imports",
    {
      summary: "Open an import of many adapters",
      description:
        "One row a folder: of a folder on the server, of a table (CSV), or as a browser saw them. Then check, fix rows, run.",
      action: "tenant.write",
      body: CreateImport,
      bodyMaxBytes: CREATE_MAX_BYTES,
      ok: ImportDetailSchema,
      status: 201,
    },
    ({ body, read }) => findRows(read, body),
    ({ ctx, body, prepared }) => createImport(ctx, body, prepared),
  ),
  route(
    "GET /imports/{importId}",
    {
      summary: "Read an import with its counts, preview and results",
      action: "fleet.read",
      params: ImportParams,
      ok: ImportDetailSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => viewImport(ctx, params.importId),
  ),
  route(
    "GET /imports/{importId}/rows",
    {
      summary: "List the rows of an import, with errors and warnings",
      action: "fleet.read",
      params: ImportParams,
      query: RowListQuery,
      ok: pageOf(ImportRowSchema),
      errors: ["not_found"],
    },
    ({ ctx, params, query }) => viewRows(ctx, { ...params, ...query }),
  ),
  route(
    "GET /imports/{importId}/rows/{rowId}",
    {
      summary: "Read a row with every finding",
      action: "fleet.read",
      params: RowParams,
      ok: ImportRowSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => viewRow(ctx, params),
  ),
  route(
    "PATCH /imports/{importId}/rows/{rowId}",
    {
      summary: "Fix or skip a row",
      action: "tenant.write",
      params: RowParams,
      body: EditRow,
      ok: ImportRowSchema,
      ifMatch: true,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body, expectedGeneration }) => editRow(ctx, { ...params, expectedGeneration, change: body }),
  ),
  route(
    "POST /imports/{importId}/check",
    {
      summary: "Check the folders of an import's rows",
      action: "tenant.write",
      params: ImportParams,
      body: CheckRows,
      ok: JobSchema,
      status: 201,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => startCheck(ctx, { ...params, ...body }),
  ),
  route(
    "POST /imports/{importId}/run",
    {
      summary: "Import every valid row",
      description: "Each row has its own result. Rows that are not valid stay in the draft.",
      action: "tenant.write",
      params: ImportParams,
      ok: JobSchema,
      status: 201,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => startRun(ctx, params),
  ),
  route(
    "POST /imports/{importId}/rows/{rowId}/open",
    {
      summary: "Open the version that a dropped folder is uploaded to",
      description: "Creates or finds the tenant, the adapter and the draft. A repeated call returns the same draft.",
      action: "tenant.write",
      params: RowParams,
      ok: VersionSchema,
      status: 201,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => openRow(ctx, params),
  ),
  route(
    "POST /imports/{importId}/discard",
    {
      summary: "Discard an import",
      description: "Imported versions stay.",
      action: "tenant.write",
      params: ImportParams,
      ok: ImportDetailSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => discardImport(ctx, params.importId),
  ),
  route(
    "GET /imports/{importId}/reasons.csv",
    {
      summary: "Download the reasons why rows were not imported",
      description: "A CSV table for spreadsheets, with one line per reason.",
      action: "fleet.read",
      params: ImportParams,
      ok: null,
      download: true,
      errors: ["not_found"],
    },
    ({ ctx, params }) => reasonsSheet(ctx, params.importId),
  ),
] as const;
