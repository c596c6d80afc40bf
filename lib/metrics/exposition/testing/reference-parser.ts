import type { Sample } from "../exposition.ts";

const SERIES = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:[ \t]*\{(.*)\})?$/s;
const LABEL = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\\\|\\"|\\n)*)"[ \t]*(?:,|$)/gy;

/**
 * The formats read as simply as possible, for comparison: right for documents in the format, no judge of others. Takes a
 * line apart from its end: exemplar, timestamp, value.
 */
export const referenceSamples = (text: string, isOpenMetrics: boolean): Sample[] =>
  text
    .split("\n")
    .map((line) => (isOpenMetrics ? line : line.replace(/^[ \t]+|[ \t]+$/g, "")))
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const plain = isOpenMetrics ? line.replace(/ # \{(?:[^"}]|"(?:[^"\\]|\\.)*")*\} [^"{}]*$/s, "") : line;
      const [, series = "", value = ""] = /^(.*\}|[^ \t{]+)[ \t]+([^ \t"}]+)(?:[ \t]+[-+.eE\d]+)?$/s.exec(plain) ?? [];
      const [, name = "", inside = ""] = SERIES.exec(series) ?? [];
      const labels = [...inside.matchAll(LABEL)].map(([, label = "", quoted = ""]) => [
        label,
        quoted.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped)),
      ]);
      return { name, labels: Object.fromEntries(labels), value: numberOf(value) };
    });

const numberOf = (text: string): number => {
  const infinite = /^([+-]?)inf$/i.exec(text);
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^nan$/i.test(text) ? Number.NaN : Number(text);
};
