import type { CheckEntry } from "#lib/registry/browser/check-catalogue.ts";

/** What the list shows of a check; its page has the rest. */
export type CheckLine = Pick<CheckEntry, "code" | "group" | "severity" | "title" | "proves">;

/** The checks that hold every word of `text` in their code, title or what they prove, in the order they came. */
export function findChecks<Line extends CheckLine>(checks: readonly Line[], text: string): Line[] {
  const words = text
    .toLowerCase()
    .split(/[\s_]+/)
    .filter(Boolean);
  return checks.filter(({ code, title, proves }) => {
    const content = `${code.replaceAll("_", " ")} ${title} ${proves}`.toLowerCase();
    return words.every((word) => content.includes(word));
  });
}
