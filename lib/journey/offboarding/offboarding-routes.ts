import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import {
  OffboardingExportSchema,
  OffboardingSchema,
  StartOffboarding,
} from "#lib/registry/browser/offboarding-schema.ts";
import { startOffboarding } from "#lib/registry/offboarding/start-offboarding.ts";
import { showOffboarding } from "./show-offboarding.ts";
import { readExport } from "./write-export.ts";

const TenantParams = z.object({ tenantId: idOf("ten") });

export const offboardingRoutes = [
  route(
    "GET /tenants/{tenantId}/offboarding",
    {
      summary: "What off-boarding a tenant would take away; once begun, how far it is and what it removed",
      action: "fleet.read",
      params: TenantParams,
      ok: OffboardingSchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => showOffboarding(ctx, params.tenantId),
  ),
  route(
    "POST /tenants/{tenantId}/offboard",
    {
      summary: "Take a tenant away for good",
      description:
        "Requests are refused from now on, then keys, placements and bytes go, step by step. It cannot be stopped or undone. Asked again it is the same job, and may add the restarts.",
      action: "tenant.write",
      params: TenantParams,
      body: StartOffboarding,
      ok: OffboardingSchema,
      status: 202,
      errors: ["not_found", "conflict"],
    },
    async ({ ctx, params, body }) => {
      await startOffboarding(ctx, { ...body, tenantId: params.tenantId });
      return showOffboarding(ctx, params.tenantId);
    },
  ),
  route(
    "GET /tenants/{tenantId}/offboarding/export",
    {
      summary: "The record of an off-boarded tenant",
      action: "fleet.read",
      params: TenantParams,
      ok: OffboardingExportSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => readExport(ctx, params.tenantId),
  ),
] as const;
