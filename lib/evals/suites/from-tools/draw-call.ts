import type { ExpectedCall, Matcher } from "../../eval-case.ts";
import type { Random } from "../../random.ts";
import { isObjectNode } from "../../scoring/argument-node.ts";
import { findViolations } from "../../scoring/check-arguments.ts";
import { parseArguments } from "../../scoring/parse-arguments.ts";
import { type ArgumentValue, call } from "../generator/draft.ts";
import { drawValue } from "./draw-value.ts";
import type { Param, ToolView } from "./view-tool.ts";

export type DrawnCall = { tool: ToolView; args: Record<string, ArgumentValue> };

type CallSpec = {
  /** Parameters that must be among the arguments, whether required or not. */
  with?: readonly string[];
  /** Values that are given. */
  given?: Record<string, ArgumentValue>;
  /** How many of the other optional ones come along: a share. */
  optional?: number;
};

/** Arguments for one call that the tool's schema admits; null where none were found. */
export function drawCall(tool: ToolView, random: Random, spec: CallSpec = {}): DrawnCall | null {
  const { with: wanted = [], given = {}, optional = 0.3 } = spec;
  const root = tool.definition.function.parameters;
  for (let tries = 0; tries < 8; tries += 1) {
    const args: Record<string, ArgumentValue> = {};
    let isComplete = true;
    for (const param of tool.params) {
      const isGiven = Object.hasOwn(given, param.name);
      const isNeeded = param.isRequired || wanted.includes(param.name);
      if (!isGiven && !isNeeded && random.next() >= optional) continue;
      const value = isGiven ? given[param.name] : drawValue(param.schema, root, param.name, random);
      if (value !== undefined) args[param.name] = value;
      else if (isNeeded) isComplete = false;
    }
    if (isComplete && isAllowed({ tool, args })) return { tool, args };
  }
  return null;
}

/** Whether the tool's own schema admits the arguments. */
export function isAllowed({ tool, args }: DrawnCall): boolean {
  const read = parseArguments(call(tool.name, args).arguments);
  return (
    read.ok && isObjectNode(read.node) && findViolations(read.node, tool.definition.function.parameters).length === 0
  );
}

export const expectedCall = ({ tool, args }: DrawnCall): ExpectedCall => call(tool.name, args);

/** How instants and addresses are compared: by what they mean. One map holds for all tools of a prompt. */
export function matchersFor(calls: readonly DrawnCall[]): Record<string, Matcher> | undefined {
  const found: Record<string, Matcher> = {};
  for (const { tool, args } of calls)
    for (const { name, kind } of tool.params) {
      if (!Object.hasOwn(args, name) || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) continue;
      if (kind === "instant") found[`$.${name}`] = "iso-instant";
      if (kind === "url") found[`$.${name}`] = "uri";
    }
  return Object.keys(found).length > 0 ? found : undefined;
}

/** Parameters of a kind, over all tools, each with its tool. */
export const paramsWhere = (
  tools: readonly ToolView[],
  fits: (param: Param) => boolean,
): { tool: ToolView; param: Param }[] =>
  tools.flatMap((tool) => tool.params.filter(fits).map((param) => ({ tool, param })));
