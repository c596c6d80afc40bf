import { ExpositionError, type ExpositionFormat } from "./exposition.ts";

const COMMENT = /^#[ \t]*(HELP|TYPE)?(?:[ \t]+(\S+))?(?:[ \t]+(.*))?$/;
const METADATA = /^# (TYPE|HELP|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*)(?: (.*))?$/;
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const TYPES: Record<ExpositionFormat, ReadonlySet<string>> = {
  classic: new Set(["counter", "gauge", "histogram", "summary", "untyped"]),
  openmetrics: new Set(["counter", "gauge", "histogram", "gaugehistogram", "stateset", "info", "summary", "unknown"]),
};

/**
 * Checks a comment line: TYPE in the classic format, where other comments may say what they like; in OpenMetrics every one.
 * @returns names that it declares the type of
 * @throws ExpositionError
 */
export function checkComment(content: string, line: number, format: ExpositionFormat): readonly string[] {
  const [, keyword, name, rest] = (format === "classic" ? COMMENT : METADATA).exec(content) ?? [];
  if (format === "openmetrics" && keyword === undefined)
    throw new ExpositionError(line, "only TYPE, HELP, UNIT and EOF may follow a #");
  if (keyword !== "TYPE") return [];
  const type = format === "classic" ? rest?.trim() : rest;
  if (name === undefined || !NAME.test(name) || type === undefined || !TYPES[format].has(type))
    throw new ExpositionError(line, "a TYPE line needs a metric name and a known type");
  return format === "openmetrics" && type === "counter" ? [name, `${name}_total`] : [name];
}
