/** One field of what changed, as short text; null = there was none. */
export type ChangedField = { field: string; before: string | null; after: string | null };

const MAX_TEXT = 160;
/** More fields than these say no more than "everything". */
const MAX_FIELDS = 40;

/**
 * What differs between an object before and after a change, field by field; fields of inner objects by their path.
 * Values are told as JSON would have them, cut when they are long.
 */
export function diffOf(before: unknown, after: unknown): ChangedField[] {
  const [was, is] = [flatten(before), flatten(after)];
  const fields = [...new Set([...was.keys(), ...is.keys()])];
  return fields
    .filter((field) => was.get(field) !== is.get(field))
    .slice(0, MAX_FIELDS)
    .map((field) => ({ field, before: shown(was.get(field)), after: shown(is.get(field)) }));
}

/** By path. */
function flatten(value: unknown): Map<string, string> {
  const flat = new Map<string, string>();
  const walk = (inner: unknown, path: string) => {
    if (isRecord(inner))
      for (const [name, one] of Object.entries(inner)) walk(one, path === "" ? name : `${path}.${name}`);
    else if (inner !== undefined && inner !== null) flat.set(path === "" ? "value" : path, JSON.stringify(inner));
  };
  walk(value, "");
  return flat;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function shown(text: string | undefined): string | null {
  if (text === undefined) return null;
  const plain = text.startsWith('"') ? String(JSON.parse(text)) : text;
  return plain.length > MAX_TEXT ? `${plain.slice(0, MAX_TEXT)}…` : plain;
}
