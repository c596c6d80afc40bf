import { SUITE_PROMPTS_MAX } from "../../browser/suite-sizes.ts";
import type { Pattern } from "../../browser/template-schema.ts";
import type { ToolRole } from "../../browser/tools-schema.ts";
import type { ChatMessage, EvalCase, ToolDefinition } from "../../eval-case.ts";
import { createRandom, type Random } from "../../random.ts";
import { calling, callingNothing, type ToolSetting } from "../from-tools/category.ts";
import { type DrawnCall, drawCall } from "../from-tools/draw-call.ts";
import { firstUnseen } from "../from-tools/first-unseen.ts";
import { details, formatValue } from "../from-tools/format-call.ts";
import { type Param, type ToolView, viewTool } from "../from-tools/view-tool.ts";
import type { Draft } from "../generator/draft.ts";
import { parseText, type Slot, slotsOf } from "./parse-pattern.ts";

/** Raised whenever the same template, tools and seed would give other prompts. */
export const bindingVersion = "1";

export type TenantBinding = {
  tools: readonly ToolDefinition[];
  roles: Readonly<Record<string, ToolRole>>;
  seed: string;
};

export type BoundTemplate = {
  cases: EvalCase[];
  /** Patterns that these tools offer nothing for, or too little. */
  missing: { pattern: string; why: string }[];
};

/**
 * The prompts that a template's patterns give over one tenant's tools: same seed, same prompts. Every value of a right
 * answer stands in its prompt, and right answers keep to the schemas.
 * @param perPattern prompts of each pattern; 1,000 in all at most
 */
export function bindTemplate(patterns: readonly Pattern[], tenant: TenantBinding, perPattern: number): BoundTemplate {
  const tools = tenant.tools.map(viewTool);
  const seen = new Set<string>();
  const cases: EvalCase[] = [];
  const missing: BoundTemplate["missing"] = [];
  for (const pattern of patterns) {
    const chosen = chooseTools(pattern, tools, tenant.roles);
    if (typeof chosen === "string") {
      missing.push({ pattern: pattern.name, why: chosen });
      continue;
    }
    let made = 0;
    for (let index = 0; index < perPattern && cases.length < SUITE_PROMPTS_MAX; index += 1) {
      const draft = firstUnseen(seen, (attempt) =>
        fill(pattern, chosen, {
          tools,
          index,
          random: createRandom(`${tenant.seed}/${pattern.name}/${index}/${attempt}`),
        }),
      );
      if (draft === null) break;
      made += 1;
      const id = `${pattern.name}-${String(index + 1).padStart(3, "0")}`;
      const { category, name: template, holdOut } = pattern;
      cases.push({
        id,
        ordinal: cases.length + 1,
        category,
        template,
        ...(holdOut ? { holdOut: true as const } : {}),
        ...draft,
      });
    }
    if (made < perPattern && cases.length < SUITE_PROMPTS_MAX)
      missing.push({ pattern: pattern.name, why: `the tools give ${made} different prompts of ${perPattern}` });
  }
  return { cases, missing };
}

type Choice = { key: string; slots: Slot[]; tools: ToolView[] };
const keyOf = ({ role, call }: Slot): string => `${role}#${call}`;

/** For each call that a pattern speaks of, the tools that would do; or why there are none. */
function chooseTools(pattern: Pattern, tools: readonly ToolView[], roles: TenantBinding["roles"]): Choice[] | string {
  const slots = slotsOf(pattern);
  const choices: Choice[] = [];
  for (const key of new Set(slots.map(keyOf))) {
    const own = slots.filter((slot) => keyOf(slot) === key);
    const role = own[0]?.role ?? "other";
    const inRole = tools.filter(({ name }) => roles[name] === role);
    if (inRole.length === 0) return `no tool is for "${role}"`;
    const reasons = inRole.map((tool) => whyNot(tool, own, pattern));
    const fitting = inRole.filter((_, at) => reasons[at] === null);
    if (fitting.length === 0) return reasons.find((reason) => reason !== null) ?? "no tool fits";
    choices.push({ key, slots: own, tools: fitting });
  }
  return choices;
}

/** Why a tool cannot fill these slots; null = it can. */
function whyNot(tool: ToolView, slots: readonly Slot[], pattern: Pattern): string | null {
  for (const { part } of slots)
    if (part !== "purpose" && part !== "details" && !paramOf(tool, part))
      return `${tool.name} has no parameter of kind ${part}`;
  if (pattern.expects === "no_call" || slots.some(({ part }) => part === "details")) {
    const isEmpty = tool.params.length === 0 && slots.some(({ part }) => part === "details");
    return isEmpty ? `${tool.name} has no parameters to speak of` : null;
  }
  const said = new Set(
    slots.map(({ part }) => (part === "purpose" || part === "details" ? null : paramOf(tool, part)?.name)),
  );
  const lacking = tool.params.find(({ name, isRequired }) => isRequired && !said.has(name));
  return lacking ? `${tool.name} also requires ${lacking.name}, which the pattern does not say` : null;
}

const paramOf = (tool: ToolView, kind: Param["kind"]): Param | undefined =>
  tool.params.find((param) => param.kind === kind && param.isRequired) ??
  tool.params.find((param) => param.kind === kind);

type Filled = DrawnCall & { named: ReadonlySet<string> };

function fill(pattern: Pattern, choices: readonly Choice[], setting: ToolSetting): Draft | null {
  const calls = new Map<string, Filled>();
  for (const choice of choices) {
    const drawn = draw(choice, setting.random);
    if (drawn === null) return null;
    calls.set(choice.key, drawn);
  }
  if (hasTwins([...calls.values()])) return null;
  const conversation = pattern.turns.map(({ role, text }): ChatMessage => ({ role, content: formatTurn(text, calls) }));
  const made = [...calls.values()];
  if (pattern.expects === "no_call")
    return callingNothing(setting, conversation, [...new Set(made.map(({ tool }) => tool))], pattern.reason);
  return calling(setting, conversation, made, { reason: pattern.reason });
}

/** Two calls that are the same would make the right answer a guess. */
const hasTwins = (calls: readonly DrawnCall[]): boolean =>
  new Set(calls.map(({ tool, args }) => `${tool.name}${JSON.stringify(args)}`)).size < calls.length;

function draw({ slots, tools }: Choice, random: Random): Filled | null {
  const tool = random.pick(tools);
  const named = slots.flatMap(({ part }) =>
    part === "purpose" || part === "details" ? [] : (paramOf(tool, part)?.name ?? []),
  );
  const hasDetails = slots.some(({ part }) => part === "details");
  const anyParam = hasDetails && !tool.params.some(({ isRequired }) => isRequired) ? [tool.params[0]?.name ?? ""] : [];
  const drawn = drawCall(tool, random, { with: [...named, ...anyParam], optional: hasDetails ? 0.3 : 0 });
  return drawn && { ...drawn, named: new Set(named) };
}

function formatTurn(text: string, calls: ReadonlyMap<string, Filled>): string {
  return parseText(text)
    .tokens.map((token) => {
      if ("text" in token) return token.text;
      const drawn = calls.get(keyOf(token.slot));
      return drawn ? formatSlot(token.slot, drawn) : "";
    })
    .join("");
}

function formatSlot({ part }: Slot, { tool, args, named }: Filled): string {
  if (part === "purpose") return tool.purpose;
  if (part === "details") {
    const rest = Object.fromEntries(Object.entries(args).filter(([name]) => !named.has(name)));
    return details({ tool, args: rest }).join("; ");
  }
  return formatValue(args[paramOf(tool, part)?.name ?? ""] ?? null);
}
