import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { route } from "#lib/identity/route.ts";
import {
  DefaultReleasePolicySchema,
  ReleasePolicySchema,
  TenantReleasePolicySchema,
} from "../browser/policy-schema.ts";
import { setDefaultPolicy, showDefaultPolicy } from "./default-policy.ts";
import { setPolicy, showPolicy } from "./set-policy.ts";

const params = z.object({ tenantId: idOf("ten") });

export const policyRoutes = [
  route(
    "GET /release-policy",
    {
      summary: "Read the release policy of new tenants",
      action: "fleet.read",
      ok: DefaultReleasePolicySchema,
    },
    ({ ctx }) => showDefaultPolicy(ctx),
  ),
  route(
    "PUT /release-policy",
    {
      summary: "Change the release policy of new tenants",
      description: "Existing tenants keep theirs.",
      action: "settings.write",
      body: ReleasePolicySchema,
      ok: DefaultReleasePolicySchema,
      ifMatch: true,
      errors: ["stale"],
    },
    ({ ctx, body, expectedGeneration }) => setDefaultPolicy(ctx, { policy: body, expectedGeneration }),
  ),
  route(
    "GET /tenants/{tenantId}/release-policy",
    {
      summary: "Read how far a tenant's new versions go automatically, and who approves first",
      action: "fleet.read",
      params,
      ok: TenantReleasePolicySchema,
      errors: ["not_found"],
    },
    ({ ctx, params }) => showPolicy(ctx, params.tenantId),
  ),
  route(
    "PUT /tenants/{tenantId}/release-policy",
    {
      summary: "Change a tenant's release policy",
      description: "If-Match names the tenant's generation. Approvals that were already requested do not change.",
      action: "tenant.write",
      params,
      body: ReleasePolicySchema,
      ok: TenantReleasePolicySchema,
      ifMatch: true,
      errors: ["not_found", "conflict", "stale"],
    },
    ({ ctx, params, body, expectedGeneration }) => setPolicy(ctx, { ...params, policy: body, expectedGeneration }),
  ),
] as const;
