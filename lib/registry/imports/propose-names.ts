import { slugFrom } from "#lib/http/browser/slug.ts";

/** What a row would be called; `isGuess` when the name it was made from is no slug as it stands. */
export type ProposedNames = {
  tenantSlug: string;
  tenantName: string;
  adapterSlug: string;
  adapterName: string;
  isGuess: boolean;
};

/** "acme-support" → "Acme Support": a first name for a tenant that has none. */
export const nameFrom = (slug: string): string =>
  slug
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");

/**
 * What a folder's name proposes: `<tenant>`, or `<tenant>--<adapter>`.
 * @param adapterName for folders that name only their tenant @param position makes a slug where none can be read
 */
export function proposeNames(folder: string, adapterName: string, position: number): ProposedNames {
  const cut = folder.indexOf("--", 1);
  const [tenant, adapter] = cut === -1 ? [folder, null] : [folder.slice(0, cut), folder.slice(cut + 2)];
  return namesFrom({ tenant, adapter, name: null }, adapterName, position);
}

/** The same from parts that stand apart, as in a table. */
export function namesFrom(
  parts: { tenant: string; adapter: string | null; name: string | null },
  adapterName: string,
  position: number,
): ProposedNames {
  const tenantSlug = slugFrom(parts.tenant) ?? `tenant-${position}`;
  const asked = parts.adapter || null;
  const adapterSlug = slugFrom(asked ?? adapterName) ?? "assistant";
  const isGuess = tenantSlug !== parts.tenant || (asked !== null && adapterSlug !== asked);
  return {
    tenantSlug,
    tenantName: (parts.name ?? nameFrom(tenantSlug)).slice(0, 80),
    adapterSlug,
    adapterName: asked === null ? adapterName : nameFrom(adapterSlug),
    isGuess,
  };
}
