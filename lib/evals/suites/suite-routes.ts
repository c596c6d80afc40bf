import * as z from "zod";
import { idOf, pageOf } from "#lib/http/schema.ts";
import type { Ctx } from "#lib/identity/ctx.ts";
import { route } from "#lib/identity/route.ts";
import { notFound } from "#lib/platform/errors.ts";
import {
  CaseChangeSchema,
  CaseInput,
  CasePageSchema,
  CaseSchema,
  CasesQuery,
  ChangeSuite,
  CopySuite,
  CreateSuite,
  FileReportSchema,
  FindingsSchema,
  HoldOut,
  ImportSuite,
  ReadFile,
  SuiteSchema,
  SuitesQuery,
} from "../browser/suite-schema.ts";
import { countCategories, getCase, pageOfCases } from "./case-store.ts";
import { checkCase } from "./check-case.ts";
import { createSuite } from "./create-suite.ts";
import { addCase, changeCase, changeMatchers, copySuite, holdOutCases, removeCase } from "./edit-suite.ts";
import { importSuite, previewFile } from "./import/import-suite.ts";
import { showCase, toSuite } from "./show-suite.ts";
import { getSuite, listSuites, type SuiteRow } from "./suite-store.ts";

const FILE_MAX_BYTES = 32_000_000;

const SuiteParams = z.object({ suiteId: idOf("sui") });
const CaseParams = SuiteParams.extend({ caseId: idOf("cas") });

async function requireSuite(ctx: Ctx, suiteId: string): Promise<SuiteRow> {
  const suite = await getSuite(ctx.tx, suiteId);
  if (suite === null) throw notFound("suite");
  return suite;
}

const readRoutes = [
  route(
    "GET /suites",
    { summary: "List suites of prompts", action: "tenant.read", query: SuitesQuery, ok: pageOf(SuiteSchema) },
    async ({ ctx, query }) => {
      const page = await listSuites(ctx.tx, query);
      return { ...page, items: page.items.map(toSuite) };
    },
  ),
  route(
    "GET /suites/{suiteId}",
    { summary: "Read a suite", action: "tenant.read", params: SuiteParams, ok: SuiteSchema, errors: ["not_found"] },
    async ({ ctx, params }) => toSuite(await requireSuite(ctx, params.suiteId)),
  ),
  route(
    "GET /suites/{suiteId}/cases",
    {
      summary: "List the prompts of a suite with their right answers, in order",
      description: "Customers do not see held-out prompts; `hidden` is their number.",
      action: "tenant.read",
      params: SuiteParams,
      query: CasesQuery,
      ok: CasePageSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params, query }) => {
      const suite = await requireSuite(ctx, params.suiteId);
      const page = await pageOfCases(ctx.tx, suite.id, query);
      return {
        items: page.items.map(showCase),
        nextCursor: page.nextCursor,
        categories: await countCategories(ctx.tx, suite.id),
        hidden: ctx.scope.kind === "tenant" ? suite.heldOut : 0,
      };
    },
  ),
  route(
    "GET /suites/{suiteId}/cases/{caseId}",
    {
      summary: "Read one prompt with its right answer",
      action: "tenant.read",
      params: CaseParams,
      ok: CaseSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => {
      const stored = await getCase(ctx.tx, params.suiteId, params.caseId);
      if (stored === null) throw notFound("case");
      return showCase(stored);
    },
  ),
] as const;

const makeRoutes = [
  route(
    "POST /tenants/{tenantId}/suites",
    {
      summary: "Generate a suite of prompts for a tenant",
      description: "The same seed and count always give the same prompts. A name that exists gets its next revision.",
      action: "eval.run",
      params: z.object({ tenantId: idOf("ten") }),
      body: CreateSuite,
      ok: SuiteSchema,
      status: 201,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => createSuite(ctx, { ...body, tenantId: params.tenantId }),
  ),
  route(
    "POST /tenants/{tenantId}/suites/import",
    {
      summary: "Create a suite from a file of prompts",
      description:
        "Imports the whole file or nothing. Every problem is reported with its line and field. Repeated lines are left out.",
      action: "eval.run",
      params: z.object({ tenantId: idOf("ten") }),
      body: ImportSuite,
      bodyMaxBytes: FILE_MAX_BYTES,
      ok: SuiteSchema,
      status: 201,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => importSuite(ctx, { ...body, tenantId: params.tenantId }),
  ),
  route(
    "POST /tenants/{tenantId}/suites/import/preview",
    {
      summary: "Preview the import of a file of prompts",
      action: "eval.run",
      params: z.object({ tenantId: idOf("ten") }),
      body: ReadFile,
      bodyMaxBytes: FILE_MAX_BYTES,
      ok: FileReportSchema,
      errors: ["not_found"],
      unaudited: "It changes nothing; a file does not fit into a query.",
    },
    ({ ctx, params, body }) => previewFile(ctx, { ...body, tenantId: params.tenantId }),
  ),
  route(
    "POST /suites/{suiteId}/copy",
    {
      summary: "Copy a suite as its next revision or under another name",
      action: "eval.run",
      params: SuiteParams,
      body: CopySuite,
      ok: SuiteSchema,
      status: 201,
      errors: ["not_found"],
    },
    ({ ctx, params, body }) => copySuite(ctx, { ...body, suiteId: params.suiteId }),
  ),
] as const;

const edit = { action: "eval.run", ifMatch: true, errors: ["not_found", "conflict"] } as const;

const editRoutes = [
  route(
    "PATCH /suites/{suiteId}",
    {
      ...edit,
      summary: "Set how single arguments are compared in a suite",
      description: "Refused once a run has used the suite, like every edit.",
      params: SuiteParams,
      body: ChangeSuite,
      ok: SuiteSchema,
    },
    ({ ctx, params, body, expectedGeneration }) =>
      changeMatchers(ctx, { suiteId: params.suiteId, expectedGeneration, ...body }),
  ),
  route(
    "POST /suites/{suiteId}/hold-out",
    {
      ...edit,
      summary: "Hold prompts out, or include them again",
      params: SuiteParams,
      body: HoldOut,
      ok: SuiteSchema,
    },
    ({ ctx, params, body, expectedGeneration }) =>
      holdOutCases(ctx, { suiteId: params.suiteId, expectedGeneration, ...body }),
  ),
  route(
    "POST /suites/{suiteId}/cases/check",
    {
      summary: "Check a prompt before you save it",
      action: "eval.run",
      params: SuiteParams,
      body: CaseInput,
      ok: FindingsSchema,
      errors: ["not_found"],
      unaudited: "It changes nothing; a prompt does not fit into a query.",
    },
    async ({ ctx, params, body }) => {
      await requireSuite(ctx, params.suiteId);
      return { problems: checkCase(body) };
    },
  ),
  route(
    "POST /suites/{suiteId}/cases",
    { ...edit, summary: "Add a prompt", params: SuiteParams, body: CaseInput, ok: CaseChangeSchema, status: 201 },
    ({ ctx, params, body, expectedGeneration }) =>
      addCase(ctx, { suiteId: params.suiteId, expectedGeneration, input: body }),
  ),
  route(
    "PUT /suites/{suiteId}/cases/{caseId}",
    { ...edit, summary: "Change a prompt", params: CaseParams, body: CaseInput, ok: CaseChangeSchema },
    ({ ctx, params, body, expectedGeneration }) => changeCase(ctx, { ...params, expectedGeneration, input: body }),
  ),
  route(
    "DELETE /suites/{suiteId}/cases/{caseId}",
    { ...edit, summary: "Remove a prompt", params: CaseParams, ok: SuiteSchema },
    ({ ctx, params, expectedGeneration }) => removeCase(ctx, { ...params, expectedGeneration }),
  ),
] as const;

export const suiteRoutes = [...readRoutes, ...makeRoutes, ...editRoutes] as const;
