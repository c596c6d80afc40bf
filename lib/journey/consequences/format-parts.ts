/** "1 tenant", "3 tenants". */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** "a", "a and b", "a, b and c". */
export function listed(names: readonly string[]): string {
  const last = names.at(-1);
  if (last === undefined) return "";
  return names.length === 1 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

/** "2 min", "90 s". */
export const seconds = (n: number): string => (n >= 60 && n % 60 === 0 ? `${n / 60} min` : `${n} s`);

const NAMES_SHOWN = 5;

/** Each tenant once, by name. */
export function namedTenants(of: readonly { tenantId: string; tenantName: string }[]) {
  const names = new Map(of.map(({ tenantId, tenantName }) => [tenantId, tenantName]));
  return { count: names.size, names: [...names.values()].sort((a, b) => a.localeCompare(b)).slice(0, NAMES_SHOWN) };
}
