/** What customers are told in place of their provider's people, keys and workers. */
export const PROVIDER = "Your provider";

const NOBODY: ReadonlySet<string> = new Set();

/**
 * Who did something, as whoever reads it is told: staff by name; customers only where it was one of their own people or
 * keys.
 * @param own those of `name`'s kind that are the customer's own; left out = the customer's people cannot do this
 */
export const nameFor = (isStaff: boolean, name: string, own: ReadonlySet<string> = NOBODY): string =>
  isStaff || own.has(name) ? name : PROVIDER;
