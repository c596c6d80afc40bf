/**
 * Whose rows a query may touch. There is no default: a store function cannot be called without one, and a tenant's
 * transaction is held to it by row-level security as well.
 */
export type Scope = { readonly kind: "platform" } | { readonly kind: "tenant"; readonly tenantId: string };

export const platformScope: Scope = { kind: "platform" };
export const tenantScope = (tenantId: string): Scope => ({ kind: "tenant", tenantId });

/** The `where` fragment that keeps a query inside its scope. */
export const tenantWhere = (scope: Scope): { tenantId?: string } =>
  scope.kind === "tenant" ? { tenantId: scope.tenantId } : {};
