import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { sessionActor } from "#lib/api/auth.ts";
import { webDeps } from "#lib/api/deps.ts";
import type { Actor } from "#lib/identity/actor.ts";
import type { StaffRole, TenantRole } from "#lib/identity/schema.ts";
import { tenantNames } from "#lib/identity/store.ts";
import { platformScope } from "#lib/platform/scope.ts";

export type Viewer = {
  name: string;
  email: string;
  role: StaffRole | TenantRole;
  tenants: { id: string; slug: string; name: string; role: TenantRole }[];
};

type User = Extract<Actor, { kind: "user" }>;

/** Sends to the sign-in page and back to where the link pointed. `proxy.ts` passes the path on. */
async function signedInUser(): Promise<User> {
  const path = (await headers()).get("x-switchyard-path") ?? "/"; // first, so that no page is built without a visitor
  const actor = await sessionActor();
  if (actor?.kind === "user") return actor;
  redirect(`/sign-in?callbackUrl=${encodeURIComponent(path)}`);
}

async function tenantsOf(user: User): Promise<Viewer["tenants"]> {
  const ids = user.memberships.map((membership) => membership.tenantId);
  if (ids.length === 0) return [];
  const names = await webDeps().deps.db.read(platformScope, (tx) => tenantNames(tx, ids));
  return names.flatMap((name) => {
    const membership = user.memberships.find(({ tenantId }) => tenantId === name.id);
    return membership ? [{ ...name, role: membership.role }] : [];
  });
}

/** The console is for staff; a customer is sent to the portal. */
export async function requireStaff(): Promise<Viewer> {
  const user = await signedInUser();
  if (user.staffRole === null) redirect("/portal");
  return { name: user.name, email: user.email, role: user.staffRole, tenants: [] };
}

/** The portal is for customers; staff are sent to the console. */
export async function requireTenantUser(): Promise<Viewer> {
  const user = await signedInUser();
  if (user.staffRole !== null) redirect("/");
  const tenants = await tenantsOf(user);
  return { name: user.name, email: user.email, role: tenants[0]?.role ?? "tenant_viewer", tenants };
}
