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
      summary: "Read what off-boarding a tenant removes, and its progress once started",
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
      summary: "Off-board a tenant permanently",
      description:
        "Refuses the tenant's requests, then removes keys, placements and bytes step by step. It cannot be stopped or undone. A repeated call returns the same job, and may add the restarts.",
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
      summary: "Download the record of an off-boarded tenant",
      action: "fleet.read",
      params: TenantParams,
      ok: OffboardingExportSchema,
      errors: ["not_found", "conflict"],
    },
    ({ ctx, params }) => readExport(ctx, params.tenantId),
  ),
] as const;
