/** "Acme Support GmbH" → "acme-support-gmbh": a proposal the admin may change. */
export const proposeSlug = (name: string): string =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
