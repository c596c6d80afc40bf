import slugify from "@sindresorhus/slugify";

const SLUG_MAX = 40;
/** As `Slug` of schema.ts. */
const SLUG_MIN = 2;

/**
 * The nearest slug to a name: "Müller & Söhne" → "mueller-and-soehne". Letters of other scripts are transliterated where a
 * table has them. @returns null when nothing that a slug may hold is left
 */
export function slugFrom(name: string): string | null {
  const text = slugify(name.normalize("NFKC"), { decamelize: false, customReplacements: [["&", " and "]] });
  const slug = text.slice(0, SLUG_MAX).replace(/^-+|-+$/g, "");
  return slug.length < SLUG_MIN ? null : slug;
}
