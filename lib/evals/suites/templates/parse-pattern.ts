import type { FieldProblem } from "#lib/platform/errors.ts";
import type { Pattern } from "../../browser/template-schema.ts";
import { type ToolRole, toolRoles } from "../../browser/tools-schema.ts";
import type { ParamKind } from "../from-tools/view-tool.ts";

const KINDS: readonly ParamKind[] = ["id", "text", "number", "date", "instant", "choice", "flag", "email", "url"];

/** A place in a text that is filled per tenant: what a tool does, its arguments, or one of them. */
export type Slot = {
  /** Which call it speaks of: the role, and 1 for the first of that role. */
  role: ToolRole;
  call: number;
  part: "purpose" | "details" | ParamKind;
};
export type Token = { text: string } | { slot: Slot };

/** Splits a text into words and slots; a doubled brace is a brace. What is no slot is told as a problem. */
export function parseText(text: string): { tokens: Token[]; problems: Omit<FieldProblem, "field">[] } {
  const tokens: Token[] = [];
  const problems: Omit<FieldProblem, "field">[] = [];
  const parts = text.split(/(\{\{|\}\}|\{[^{}]*\})/);
  for (const part of parts) {
    if (part === "") continue;
    if (part === "{{" || part === "}}") tokens.push({ text: part.slice(0, 1) });
    else if (!part.startsWith("{")) tokens.push({ text: part });
    else {
      const slot = readSlot(part.slice(1, -1).trim());
      if (typeof slot === "string")
        problems.push({
          code: "bad_slot",
          message: `${part} ${slot}`,
          fix: `Write {${toolRoles[0]}}, {${toolRoles[0]}.details} or {${toolRoles[0]}.id}.`,
        });
      else tokens.push({ slot });
    }
  }
  return { tokens, problems };
}

function readSlot(text: string): Slot | string {
  const match = /^([a-z]+)(?:#([1-9]))?(?:\.([a-z]+))?$/.exec(text);
  if (match === null) return "is no place to be filled.";
  const [, role = "", call = "1", part = "purpose"] = match;
  const known = toolRoles.find((name) => name === role);
  if (known === undefined) return `speaks of ${role}; roles are ${toolRoles.join(", ")}.`;
  if (part === "purpose" || part === "details") return { role: known, call: Number(call), part };
  const kind = KINDS.find((name) => name === part);
  return kind === undefined
    ? `asks for ${part}; kinds are ${KINDS.join(", ")}.`
    : { role: known, call: Number(call), part: kind };
}

/** What is wrong with the patterns of a template, each with field, rule and fix. */
export function checkPatterns(patterns: readonly Pattern[]): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const names = new Set<string>();
  for (const [at, pattern] of patterns.entries()) {
    const field = `patterns.${at}`;
    if (names.has(pattern.name))
      problems.push({
        field: `${field}.name`,
        code: "name_twice",
        message: `Two patterns are called ${pattern.name}.`,
        fix: "Rename one.",
      });
    names.add(pattern.name);
    for (const [turn, { text }] of pattern.turns.entries())
      for (const problem of parseText(text).problems)
        problems.push({ field: `${field}.turns.${turn}.text`, ...problem });
    if (pattern.turns.at(-1)?.role !== "user")
      problems.push({
        field: `${field}.turns`,
        code: "nothing_asked",
        message: "The last turn asks nothing.",
        fix: "End with the user's.",
      });
    if (slotsOf(pattern).length === 0)
      problems.push({
        field: `${field}.turns`,
        code: "no_slot",
        message: `${pattern.name} would ask every tenant the same, once.`,
        fix: "Speak of a tool, such as {lookup.details}.",
      });
  }
  return problems;
}

export const slotsOf = (pattern: Pattern): Slot[] =>
  pattern.turns.flatMap(({ text }) => parseText(text).tokens.flatMap((token) => ("slot" in token ? [token.slot] : [])));
