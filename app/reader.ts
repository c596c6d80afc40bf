import { cookies, headers } from "next/headers";
import { DEFAULT_LOCALE } from "#components/ui/format.ts";
import { localeOf, PREFERENCES_COOKIE, type Preferences, parsePreferences } from "#components/ui/preferences.ts";
import { webDeps } from "#lib/api/deps.ts";
import { ACTIONS, type Action, type Role, roleAllows } from "#lib/identity/policy.ts";
import { isSimulated } from "#lib/journey/store.ts";
import { platformScope } from "#lib/platform/scope.ts";

const ROLE_LABEL: Record<Role, string> = {
  platform_admin: "Platform admin",
  operator: "Operator",
  auditor: "Auditor",
  tenant_admin: "Tenant admin",
  tenant_viewer: "Tenant viewer",
};

/** What a shell must know of its reader before the first paint: locale, view preferences, role and its actions, and the time. */
export async function readReader(role: Role): Promise<{
  locale: string;
  preferences: Preferences;
  may: readonly Action[];
  roleLabel: string;
  drawnAt: number;
}> {
  const [jar, head] = await Promise.all([cookies(), headers()]);
  return {
    locale: localeOf(head.get("accept-language"), DEFAULT_LOCALE),
    preferences: parsePreferences(jar.get(PREFERENCES_COOKIE)?.value),
    may: ACTIONS.filter((action) => roleAllows(role, action)),
    roleLabel: ROLE_LABEL[role],
    drawnAt: Date.now(),
  };
}

/** True while any node is simulated: every page under a shell says so in one strip. */
export const isFleetSimulated = (): Promise<boolean> => webDeps().deps.db.read(platformScope, (tx) => isSimulated(tx));
