import type { ArgumentDifference } from "../schema.ts";
import { type ArgumentNode, childPath, isArrayNode, isObjectNode, printNode } from "./argument-node.ts";
import { canonicalText } from "./normalise-arguments.ts";

/** A reply can be megabytes of nonsense; a person reads the first few. */
const differencesMax = 20;
const printedMax = 500;

/** Every path at which two normalised values differ, at most 20. Empty exactly when they are equal. */
export function diffArguments(expected: ArgumentNode, actual: ArgumentNode, path = "$"): ArgumentDifference[] {
  const found: ArgumentDifference[] = [];
  compare(expected, actual, path, found);
  return found.slice(0, differencesMax);
}

function compare(
  expected: ArgumentNode | undefined,
  actual: ArgumentNode | undefined,
  path: string,
  found: ArgumentDifference[],
): void {
  if (found.length >= differencesMax) return;
  if (expected === undefined || actual === undefined) {
    if (expected !== actual) found.push({ path, expected: showNode(expected), actual: showNode(actual) });
  } else if (isObjectNode(expected) && isObjectNode(actual)) {
    for (const key of new Set([...expected.keys(), ...actual.keys()]))
      compare(expected.get(key), actual.get(key), childPath(path, key), found);
  } else if (isArrayNode(expected) && isArrayNode(actual)) {
    for (let index = 0; index < Math.max(expected.length, actual.length); index += 1)
      compare(expected[index], actual[index], childPath(path, index), found);
  } else if (expected !== actual && canonicalText(expected) !== canonicalText(actual)) {
    found.push({ path, expected: showNode(expected), actual: showNode(actual) });
  }
}

/** JSON text of a node for people, cut to a readable length; null for a value that is not there. */
export function showNode(node: ArgumentNode | undefined): string | null {
  if (node === undefined) return null;
  const text = printNode(node);
  return text.length > printedMax ? `${text.slice(0, printedMax)}…` : text;
}
