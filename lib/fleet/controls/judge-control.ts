import type { FallbackPolicy } from "#lib/pools/schema.ts";
import type { TenantStatus } from "#lib/registry/schema.ts";
import type { TenantControlKind } from "./control-order.ts";

/** Why a control cannot be set now, and what to do instead. */
export type ControlRefusal = { reason: string; message: string; fix: string };

/** What a tenant has to be answered from. */
export type TenantAnswers = {
  name: string;
  status: TenantStatus;
  fallback: FallbackPolicy;
  /** Of the tenant's adapters with a live version. */
  adapters: readonly {
    slug: string;
    /** null = none was live before; else how many serving nodes have it proven. */
    previousNodes: number | null;
    poolAllowsBase: boolean;
    /** A hosted provider is set, for the tenant or its pool. */
    hasProvider: boolean;
  }[];
};

/** @returns null when it would change what the tenant is answered from */
export function judgeTenantControl(kind: TenantControlKind, tenant: TenantAnswers): ControlRefusal | null {
  if (tenant.status !== "active")
    return {
      reason: "tenant_not_active",
      message: `${tenant.name} is ${tenant.status}: its requests are refused already.`,
      fix: "Nothing needs doing.",
    };
  switch (kind) {
    case "serve_previous":
      return judgePrevious(tenant);
    case "serve_fallback":
      return judgeFallback(tenant);
    case "shed":
      return null;
  }
}

function judgePrevious({ name, adapters }: TenantAnswers): ControlRefusal | null {
  if (adapters.some(({ previousNodes }) => (previousNodes ?? 0) > 0)) return null;
  const hasAny = adapters.some(({ previousNodes }) => previousNodes !== null);
  return {
    reason: "no_previous_version",
    message: hasAny
      ? `The previous version of ${name} is proven on no node that serves customers.`
      : `No version was live before at ${name}.`,
    fix: "Serve its fallback instead.",
  };
}

function judgeFallback(tenant: TenantAnswers): ControlRefusal | null {
  const { name, fallback, adapters } = tenant;
  if (fallback === "reject")
    return {
      reason: "fallback_rejects",
      message: `The fallback of ${name} is to reject: there is nothing to serve instead.`,
      fix: "Change its fallback policy first, or shed it.",
    };
  if (adapters.some((adapter) => canFallBack(fallback, adapter))) return null;
  return {
    reason: "no_fallback",
    message: `No fallback is ready to answer for ${name}: ${WHY_NOT[fallback]}`,
    fix: "Change its fallback policy or its pool's first.",
  };
}

type Answering = Exclude<FallbackPolicy, "reject">;

/** As the gateway goes on: the previous version or the provider first where the tenant wants that, then the base model. */
function canFallBack(fallback: Answering, adapter: TenantAnswers["adapters"][number]): boolean {
  if (adapter.poolAllowsBase) return true;
  switch (fallback) {
    case "base_model":
      return false;
    case "previous_version":
      return (adapter.previousNodes ?? 0) > 0;
    case "hosted_provider":
      return adapter.hasProvider;
  }
}

const WHY_NOT: Record<Answering, string> = {
  base_model: "its pool does not let the base model answer.",
  previous_version: "no previous version is loaded, and its pool does not let the base model answer.",
  hosted_provider: "no hosted provider is set, and its pool does not let the base model answer.",
};
