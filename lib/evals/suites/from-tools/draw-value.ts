import type { JsonSchema } from "../../eval-case.ts";
import type { Random } from "../../random.ts";
import { exampleOf } from "../../scoring/pattern.ts";
import { itemSchema, propertiesOf, requiredOf } from "../../scoring/tool-schema.ts";
import type { ArgumentValue } from "../generator/draft.ts";
import { mainType, type Param, patternOf, settle, wordsOf } from "./view-tool.ts";

const PEOPLE = ["Amara Okafor", "Bjorn Lindqvist", "Carmen Delgado", "Elena Rossi", "Hiroshi Tanaka", "Kavya Nair"];
const CITIES = ["Aarhus", "Bilbao", "Cork", "Dresden", "Eindhoven", "Ghent", "Helsinki", "Leeds", "Nantes", "Porto"];
const STREETS = ["Mill Lane", "Harbour Street", "Station Road", "Garden Row", "Bridge Street"];
const COMPANIES = ["Northwind Bakery", "Blue Heron Press", "Larkspur Clinic", "Copper Kettle", "Juniper Freight"];
const NOTES = [
  "the doorbell is broken, please knock",
  "call the night desk first",
  "blue folder on the second shelf",
  "asked for a reply before Friday",
  "the invoice has the old address",
  "leave it with the neighbour on the left",
  "needs two people to carry",
  "prefers to be written to, not called",
];
const WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "indigo", "juniper", "kestrel"];

/** Depth beyond which optional parts are left out, so that a value has an end. */
const DEPTH_FULL = 2;

/**
 * A value that the schema admits, such as a person would name; undefined where none was found.
 * @param name of the parameter, for the kind of text
 */
export function drawValue(
  declared: JsonSchema,
  root: JsonSchema,
  name: string,
  random: Random,
  depth = 0,
): ArgumentValue | undefined {
  const schema = settle(declared, root);
  if (schema.const !== undefined) return schema.const as ArgumentValue;
  if (Array.isArray(schema.enum)) {
    const choices = schema.enum.filter((choice) => choice !== null);
    return (choices.length > 0 ? random.pick(choices) : null) as ArgumentValue;
  }
  switch (mainType(schema)) {
    case "object":
      return drawObject(schema, root, random, depth);
    case "array":
      return drawList(schema, root, name, random, depth);
    case "boolean":
      return random.next() < 0.5;
    case "integer":
      return drawNumber(schema, random, true);
    case "number":
      return drawNumber(schema, random, false);
    case "null":
      return null;
    default:
      return drawText(schema, name, random);
  }
}

function drawObject(schema: JsonSchema, root: JsonSchema, random: Random, depth: number): ArgumentValue | undefined {
  const required = new Set(requiredOf(schema));
  const entries: [string, ArgumentValue][] = [];
  for (const [key, property] of Object.entries(propertiesOf(schema))) {
    if (!required.has(key) && (depth >= DEPTH_FULL || random.next() < 0.4)) continue;
    const value = drawValue(property, root, key, random, depth + 1);
    if (value === undefined && required.has(key)) return undefined;
    if (value !== undefined) entries.push([key, value]);
  }
  const isEmpty = entries.length === 0 && Object.keys(propertiesOf(schema)).length === 0;
  // an object of any keys: one that says something
  if (isEmpty && schema.additionalProperties !== false) return { [random.pick(WORDS)]: random.pick(NOTES) };
  return Object.fromEntries(entries);
}

function drawList(
  schema: JsonSchema,
  root: JsonSchema,
  name: string,
  random: Random,
  depth: number,
): ArgumentValue | undefined {
  const min = typeof schema.minItems === "number" ? schema.minItems : 1;
  const max = typeof schema.maxItems === "number" ? schema.maxItems : Math.max(3, min);
  if (min > 20) return undefined;
  const count = Math.min(max, Math.max(min, random.int(Math.max(1, min), Math.max(1, min) + 1)));
  const items: ArgumentValue[] = [];
  const seen = new Set<string>();
  for (let tries = 0; items.length < count && tries < 40; tries += 1) {
    const item = drawValue(itemSchema(schema, items.length), root, name.replace(/s$/, ""), random, depth + 1);
    const text = JSON.stringify(item);
    if (item === undefined || seen.has(text)) continue;
    seen.add(text);
    items.push(item);
  }
  return items.length < min ? undefined : items;
}

const limit = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** A number inside the limits, with at most two digits behind the point. */
export function drawNumber(schema: JsonSchema, random: Random, isWhole: boolean): number | undefined {
  const step = limit(schema.multipleOf) ?? (isWhole ? 1 : 0.01);
  const unit = isWhole ? Math.max(1, step) : step;
  const above = limit(schema.exclusiveMinimum);
  const below = limit(schema.exclusiveMaximum);
  const low = Math.max(
    limit(schema.minimum) ?? Number.NEGATIVE_INFINITY,
    above === undefined ? Number.NEGATIVE_INFINITY : above + unit,
  );
  const high = Math.min(
    limit(schema.maximum) ?? Number.POSITIVE_INFINITY,
    below === undefined ? Number.POSITIVE_INFINITY : below - unit,
  );
  const from = Number.isFinite(low) ? low : Math.min(1, high - 99 * unit);
  const to = Number.isFinite(high) ? high : Math.max(from + 499 * unit, from);
  const [first, last] = [Math.ceil(from / unit - 1e-9), Math.floor(to / unit + 1e-9)];
  if (last < first) return undefined;
  const digits = (String(unit).split(".")[1] ?? "").length;
  return Number((random.int(first, last) * unit).toFixed(digits));
}

const two = (value: number): string => String(value).padStart(2, "0");
const drawDate = (random: Random): string => `2026-${two(random.int(1, 12))}-${two(random.int(1, 28))}`;
const OFFSETS = ["Z", "+01:00", "-05:00", "+05:30"];
const hex = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.int(0, 15).toString(16)).join("");

function drawText(schema: JsonSchema, name: string, random: Random): string | undefined {
  const pattern = patternOf(schema);
  const fits = (text: string): boolean =>
    text.length >= (limit(schema.minLength) ?? 0) && text.length <= (limit(schema.maxLength) ?? 4000);
  for (let tries = 0; tries < 20; tries += 1) {
    const text = pattern ? exampleOf(pattern, random) : (formatted(schema.format, random) ?? named(name, random));
    if (fits(text)) return text;
  }
  if (pattern || schema.format !== undefined) return undefined;
  const [min, max] = [limit(schema.minLength) ?? 1, limit(schema.maxLength) ?? 40];
  let text = random.pick(WORDS);
  while (text.length < min && text.length < 2000) text += ` ${random.pick(WORDS)}`;
  text = text.slice(0, Math.max(1, max)).trimEnd();
  return fits(text) ? text : undefined;
}

function formatted(format: unknown, random: Random): string | null {
  switch (format) {
    case "date":
      return drawDate(random);
    case "date-time":
      return `${drawDate(random)}T${two(random.int(7, 19))}:${two(random.int(0, 59))}:00${random.pick(OFFSETS)}`;
    case "time":
      return `${two(random.int(7, 19))}:${two(random.int(0, 59))}:00`;
    case "email":
      return emailOf(random);
    case "uri":
    case "url":
      return urlOf(random);
    case "uuid":
      return `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`;
    case "ipv4":
      return `10.${random.int(0, 255)}.${random.int(0, 255)}.${random.int(1, 254)}`;
    case "hostname":
      return `${random.pick(WORDS)}-${random.int(1, 99)}.example.com`;
    default:
      return null;
  }
}

const emailOf = (random: Random): string =>
  `${random.pick(PEOPLE).toLowerCase().replace(" ", ".")}${random.int(1, 99)}@example.com`;
const urlOf = (random: Random): string => `https://example.com/${random.pick(WORDS)}/${random.int(100, 9999)}`;

/** Text as the parameter's name suggests. */
function named(name: string, random: Random): string {
  const words = wordsOf(name);
  const last = words.at(-1) ?? "";
  const has = (...some: string[]) => some.some((word) => words.includes(word));
  if (has("email")) return emailOf(random);
  if (has("url", "uri", "link", "website")) return urlOf(random);
  if (has("phone", "mobile", "tel", "fax"))
    return `+45 ${random.int(10, 99)} ${random.int(100, 999)} ${random.int(100, 999)}`;
  if (has("date", "day", "birthday")) return drawDate(random);
  if (["at", "timestamp", "datetime"].includes(last)) return `${drawDate(random)}T${two(random.int(7, 19))}:30:00Z`;
  if (has("time")) return `${two(random.int(7, 19))}:${two(random.int(0, 59))}`;
  if (["id", "ids", "code", "number", "no", "ref", "reference", "key", "sku"].includes(last)) {
    const prefix = (words.length > 1 ? (words[0] ?? "REF") : "REF").slice(0, 3).toUpperCase();
    return `${prefix}-${random.int(1000, 9999)}`;
  }
  if (has("city", "town", "destination", "origin", "location", "place")) return random.pick(CITIES);
  if (has("street")) return `${random.int(1, 199)} ${random.pick(STREETS)}`;
  if (has("address")) return `${random.int(1, 199)} ${random.pick(STREETS)}, ${random.pick(CITIES)}`;
  if (has("zip", "postcode", "postal")) return String(random.int(10_000, 99_999));
  if (has("country")) return random.pick(["Denmark", "Spain", "Ireland", "Germany", "Portugal", "Finland"]);
  if (has("currency")) return random.pick(["EUR", "USD", "DKK", "GBP"]);
  if (has("company", "supplier", "vendor", "organisation", "organization")) return random.pick(COMPANIES);
  if (has("name", "person", "customer", "user", "guest", "contact", "assignee", "owner")) return random.pick(PEOPLE);
  if (has("note", "comment", "message", "reason", "description", "text", "body", "remark", "content"))
    return random.pick(NOTES);
  return `${random.pick(WORDS)} ${random.pick(WORDS)} ${random.int(10, 99)}`;
}

/** Something else for the same parameter, or undefined. */
export function drawOther(
  param: Param,
  root: JsonSchema,
  value: ArgumentValue,
  random: Random,
): ArgumentValue | undefined {
  for (let tries = 0; tries < 20; tries += 1) {
    const other = drawValue(param.schema, root, param.name, random);
    if (other !== undefined && JSON.stringify(other) !== JSON.stringify(value)) return other;
  }
  return undefined;
}
