import { describe, expect, it } from "vitest";
import type { Tenant } from "#lib/registry/schema.ts";
import { limitsOf, policyOf, toLimits, toPolicy } from "./tenant-edits.ts";

const tenant: Tenant = {
  id: "ten_1",
  slug: "harbor",
  name: "Harbor",
  status: "active",
  fallback: "hosted_provider",
  allowBaseModel: false,
  weight: 2,
  maxConcurrent: 8,
  requestsPerMinute: null,
  tokensPerMinute: 60_000,
  hostedEndpointId: "end_1",
  generation: 4,
  createdAt: "2026-11-25T12:00:00.000Z",
  adapterCount: 1,
};

describe("a tenant's edits", () => {
  it("send back what was read when nothing was changed", () => {
    expect(toPolicy(policyOf(tenant))).toEqual({
      fallback: "hosted_provider",
      hostedEndpointId: "end_1",
      allowBaseModel: false,
    });
    const { weight, maxConcurrent, requestsPerMinute, tokensPerMinute } = tenant;
    expect(toLimits(limitsOf(tenant))).toEqual({ weight, maxConcurrent, requestsPerMinute, tokensPerMinute });
  });

  it("take a limit away where nothing stands, and never by what is no number", () => {
    const edit = { ...limitsOf(tenant), maxConcurrent: "", tokensPerMinute: "lots", weight: "" };
    expect(toLimits(edit)).toEqual({ weight: -1, maxConcurrent: null, requestsPerMinute: null, tokensPerMinute: -1 });
  });
});
