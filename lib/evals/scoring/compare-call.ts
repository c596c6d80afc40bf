import type { AcceptedValues, EvalCase, ExpectedCall, JsonSchema } from "../eval-case.ts";
import type { ArgumentDifference } from "../schema.ts";
import { type ArgumentNode, childPath, isObjectNode, type ObjectNode } from "./argument-node.ts";
import { diffArguments, showNode } from "./diff-arguments.ts";
import { canonicalText, type NormaliseOptions, normaliseArguments } from "./normalise-arguments.ts";

/** A call of a reply whose arguments were read and normalised. */
export type ReadCall = { name: string; node: ArgumentNode; defaulted: readonly string[] };

export type CallComparison = { isSameName: boolean; differences: ArgumentDifference[] };

/** The parameters schema of the tool with exactly this name; an unknown tool has no rules. */
export function schemaOfTool(evalCase: EvalCase, name: string): JsonSchema {
  return evalCase.tools.find((tool) => tool.function.name === name)?.function.parameters ?? {};
}

/** How the arguments of one tool are normalised in a case: by its own matchers, and by those of its suite. */
export function optionsOf(evalCase: EvalCase, tool: string): NormaliseOptions {
  const { matchers, ignored } = evalCase.expected;
  const ofSuite = (evalCase.matchers ?? []).filter((declared) => declared.tool === tool);
  if (ofSuite.length === 0) return { matchers, ignored };
  return {
    matchers: { ...Object.fromEntries(ofSuite.map(({ path, matcher }) => [path, matcher])), ...matchers },
    ignored,
  };
}

/**
 * Compares one call with one expected call: the name byte for byte, the arguments normalised by the tool's schema.
 *
 * @throws Error when the suite's own expectation is not readable: a broken suite must not look like a wrong answer
 */
export function compareCall(expected: ExpectedCall, actual: ReadCall, evalCase: EvalCase): CallComparison {
  if (expected.name !== actual.name) return { isSameName: false, differences: [] };
  const node = expectedNode(expected, evalCase);
  if (expected.accepts === undefined || !isObjectNode(node) || !isObjectNode(actual.node))
    return { isSameName: true, differences: diffArguments(node, actual.node) };

  const differences: ArgumentDifference[] = [];
  const restExpected = new Map(node);
  const restActual = new Map(actual.node);
  for (const [rawParam, accepted] of Object.entries(expected.accepts)) {
    const param = rawParam.normalize("NFC");
    restExpected.delete(param);
    restActual.delete(param);
    const difference = compareAccepted(
      param,
      accepted,
      { node: actual.node, defaulted: actual.defaulted },
      expected,
      evalCase,
    );
    if (difference !== null) differences.push(difference);
  }
  return { isSameName: true, differences: [...differences, ...diffArguments(restExpected, restActual)] };
}

function compareAccepted(
  param: string,
  accepted: AcceptedValues,
  { node: actual, defaulted }: { node: ObjectNode; defaulted: readonly string[] },
  expected: ExpectedCall,
  evalCase: EvalCase,
): ArgumentDifference | null {
  const path = childPath("$", param);
  const value = actual.get(param);
  const wasOmitted = value === undefined || defaulted.includes(path);
  if (wasOmitted && accepted.mayOmit) return null;
  const isAccepted =
    value !== undefined &&
    accepted.values.some((text) => {
      const node = readExpected(expected, `{${JSON.stringify(param)}:${text}}`, evalCase);
      const candidate = isObjectNode(node) ? node.get(param) : undefined;
      return candidate !== undefined && canonicalText(candidate) === canonicalText(value);
    });
  if (isAccepted) return null;
  return { path, expected: accepted.values.join(" or ") || null, actual: showNode(value) };
}

/** A case is scored a dozen times in a run. What is expected is the same each time, as long as the case is. */
const expectedNodes = new WeakMap<ExpectedCall, { evalCase: EvalCase; node: ArgumentNode }>();

/** The arguments of an expected call, normalised as those of a reply are. */
export function expectedNode(expected: ExpectedCall, evalCase: EvalCase): ArgumentNode {
  const known = expectedNodes.get(expected);
  if (known?.evalCase === evalCase) return known.node;
  const node = readExpected(expected, expected.arguments, evalCase);
  expectedNodes.set(expected, { evalCase, node });
  return node;
}

function readExpected({ name }: ExpectedCall, text: string, evalCase: EvalCase): ArgumentNode {
  const read = normaliseArguments(text, schemaOfTool(evalCase, name), optionsOf(evalCase, name));
  if (!read.ok) throw new Error(`case ${evalCase.id}: expected arguments are not readable: ${read.message}`);
  return read.node;
}
