/** What stands in a number's field; nothing in it is no limit. */
export const limitText = (limit: number | null): string => (limit === null ? "" : String(limit));

/** The number that was typed. Nothing is null; what is no number is below every limit, so that the server names the field. */
export function limitOf(text: string): number | null {
  const typed = text.replaceAll(/[\s,_]/g, "");
  if (typed === "") return null;
  const limit = Number(typed);
  return Number.isFinite(limit) ? limit : -1;
}
