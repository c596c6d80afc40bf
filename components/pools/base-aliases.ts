import type { FieldText } from "#components/ui/form/field-text.ts";

/** A line each. An empty line at the end is nobody's name; one before others is the alias "" of adapters that name no base. */
export const ALIASES: FieldText<string[]> = {
  read: (text) => {
    const lines = text.split("\n").map((line) => line.trim());
    while (lines.at(-1) === "") lines.pop();
    return lines;
  },
  write: (aliases) => aliases.join("\n"),
};
