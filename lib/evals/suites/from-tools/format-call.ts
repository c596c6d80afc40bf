import { stringify } from "lossless-json";
import type { Random } from "../../random.ts";
import type { ArgumentValue } from "../generator/draft.ts";
import type { DrawnCall } from "./draw-call.ts";

/** Every value is said exactly as it has to arrive: a competent model can answer each prompt from its words alone. */
export function formatValue(value: ArgumentValue): string {
  if (typeof value !== "string") return stringify(value) ?? "null";
  return /["\\\n\t«»]/.test(value) ? `«${value}»` : `"${value}"`;
}

/** `customer_id: "CUS-1042"` for each argument, in a fixed order. */
export const details = ({ args }: DrawnCall): string[] =>
  Object.entries(args).map(([name, value]) => `${name}: ${formatValue(value)}`);

/** The same with parts spelled out: `address, city: "Cork"`, `items, entry 2, sku: "A-1"`. */
export function spelledOut({ args }: DrawnCall): string[] {
  const lines: string[] = [];
  const walk = (value: ArgumentValue, place: string): void => {
    if (Array.isArray(value) && value.length > 0)
      for (const [at, item] of value.entries()) walk(item, `${place}, entry ${at + 1}`);
    else if (typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0)
      for (const [key, inner] of Object.entries(value)) walk(inner, `${place}, ${key}`);
    else lines.push(`${place}: ${formatValue(value)}`);
  };
  for (const [name, value] of Object.entries(args)) walk(value, name);
  return lines;
}

/** The whole wish in one of several ways. */
export function formatCall(drawn: DrawnCall, random: Random, lines: readonly string[] = details(drawn)): string {
  const { purpose } = drawn.tool;
  if (lines.length === 0)
    return random.pick([`Please do this now: ${purpose}.`, `${purpose}. Thanks!`, `I need one thing: ${purpose}.`]);
  const inline = lines.join("; ");
  const list = lines.map((line) => `- ${line}`).join("\n");
  return random.pick([
    `${purpose}, with these details:\n${list}`,
    `Please do this: ${purpose} (${inline}).`,
    `I need the following: ${purpose}. Details: ${inline}.`,
    `${inline}.\nWith that, please: ${purpose}.`,
    `Could you take care of this for me? ${purpose}. Here is what you need:\n${list}`,
  ]);
}
