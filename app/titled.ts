import type { Metadata } from "next";
import { requireStaff, requireTenantUser } from "#app/session.ts";
import { webDeps } from "#lib/api/deps.ts";
import { readPageName } from "#lib/journey/titles/title-store.ts";
import { platformScope, type Scope, tenantScope } from "#lib/platform/scope.ts";
import { namedParams, type PageRoute, titleOf } from "./page-titles.ts";

/** Whose names the reader of a page may see, and whose portal it is. */
async function readerOf(route: PageRoute): Promise<{ scope: Scope; portal: string | null } | null> {
  if (!route.startsWith("/portal")) {
    await requireStaff();
    return { scope: platformScope, portal: null };
  }
  const tenant = (await requireTenantUser()).tenants[0];
  return tenant ? { scope: tenantScope(tenant.id), portal: tenant.name } : null;
}

/** `export const generateMetadata = titled("/tenants/[tenantId]")`: the page's title, with the names of its objects. */
export const titled =
  (route: PageRoute) =>
  async ({ params }: { params: Promise<Record<string, string | undefined>> }): Promise<Metadata> => {
    const named = namedParams(route);
    if (named.length === 0) return { title: titleOf(route) };
    const [ids, reader] = [await params, await readerOf(route)];
    if (reader === null) return { title: titleOf(route) };
    const names = await webDeps().deps.db.read(reader.scope, async (tx) => {
      const found: Record<string, string | null> = { portal: reader.portal };
      for (const param of named.filter((each) => each !== "portal"))
        found[param] = await readPageName(tx, param, ids[param] ?? "");
      return found;
    });
    return { title: titleOf(route, names) };
  };
