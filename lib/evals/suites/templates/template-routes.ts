import * as z from "zod";
import { idOf, PageQuery, pageOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import { JobSchema } from "#lib/jobs/schema.ts";
import { notFound } from "#lib/platform/errors.ts";
import {
  BindingPreviewSchema,
  BindTemplate,
  StartBinding,
  TemplateSchema,
  WriteTemplate,
} from "../../browser/template-schema.ts";
import { previewBinding, startBinding } from "./bind-tenants.ts";
import { getTemplate, listTemplates } from "./template-store.ts";
import { createTemplate, removeTemplate, replaceTemplate } from "./write-template.ts";

const TemplateParams = z.object({ templateId: idOf("tpl") });

export const templateRoutes = [
  route(
    "GET /suite-templates",
    { summary: "List suite templates", action: "fleet.read", query: PageQuery, ok: pageOf(TemplateSchema) },
    ({ ctx, query }) => listTemplates(ctx.tx, query),
  ),
  route(
    "POST /suite-templates",
    {
      summary: "Create a template of prompt patterns that bind to each tenant's tools",
      action: "eval.run",
      body: WriteTemplate,
      ok: TemplateSchema,
      status: 201,
      errors: ["conflict"],
    },
    ({ ctx, body }) => createTemplate(ctx, body),
  ),
  route(
    "GET /suite-templates/{templateId}",
    {
      summary: "Read a template",
      action: "fleet.read",
      params: TemplateParams,
      ok: TemplateSchema,
      errors: ["not_found"],
    },
    async ({ ctx, params }) => {
      const template = await getTemplate(ctx.tx, params.templateId);
      if (template === null) throw notFound("template");
      return template;
    },
  ),
  route(
    "PUT /suite-templates/{templateId}",
    {
      summary: "Replace a template",
      description: "Suites made from it do not change.",
      action: "eval.run",
      params: TemplateParams,
      body: WriteTemplate,
      ok: TemplateSchema,
      ifMatch: true,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body, expectedGeneration }) =>
      replaceTemplate(ctx, { templateId: params.templateId, expectedGeneration, input: body }),
  ),
  route(
    "DELETE /suite-templates/{templateId}",
    {
      summary: "Delete a template",
      action: "eval.run",
      params: TemplateParams,
      ok: null,
      ifMatch: true,
      errors: ["not_found"],
    },
    async ({ ctx, params, expectedGeneration }) => {
      await removeTemplate(ctx, { templateId: params.templateId, expectedGeneration });
      return undefined;
    },
  ),
  route(
    "POST /suite-templates/{templateId}/preview",
    {
      summary: "Preview the suites that a template creates, and what is missing, per tenant",
      action: "eval.run",
      params: TemplateParams,
      body: BindTemplate,
      ok: BindingPreviewSchema,
      errors: ["not_found"],
      unaudited: "It changes nothing; 5,000 ids do not fit into a query.",
    },
    ({ ctx, params, body }) => previewBinding(ctx, { ...body, templateId: params.templateId }),
  ),
  route(
    "POST /suite-templates/{templateId}/bind",
    {
      summary: "Create a suite from a template for many tenants, as one job with a result for each",
      action: "eval.run",
      params: TemplateParams,
      body: StartBinding,
      ok: JobSchema,
      status: 201,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params, body }) => startBinding(ctx, { ...body, templateId: params.templateId }),
  ),
] as const;
