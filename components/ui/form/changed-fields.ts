import { isSameValue } from "./same-value.ts";

/**
 * What differs from what the form began with: an edit sends nothing else, so that a value nobody touched is not judged again.
 * @param fields of these only; left out = of all
 */
export function changedFields<Values extends object, Name extends keyof Values & string = keyof Values & string>(
  before: Values,
  values: Values,
  fields: readonly Name[] = Object.keys(values) as Name[],
): Partial<Pick<Values, Name>> {
  const changed = fields.filter((name) => !isSameValue(values[name], before[name]));
  return Object.fromEntries(changed.map((name) => [name, values[name]])) as Partial<Pick<Values, Name>>;
}
