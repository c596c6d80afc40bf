import type { EvalCase, ExpectedCall } from "../eval-case.ts";
import type { ComparedCall } from "../schema.ts";
import { type ArgumentNode, childPath, isArrayNode, isObjectNode } from "../scoring/argument-node.ts";
import { compareCall, expectedNode, type ReadCall } from "../scoring/compare-call.ts";
import { diffArguments, showNode } from "../scoring/diff-arguments.ts";
import { matchCalls } from "../scoring/match-calls.ts";

/** A reply can be megabytes of nonsense; a person reads the first rows, and what differs comes first. */
const rowsMax = 60;

type Side = "baseline" | "candidate";
export type Replies = Record<Side, readonly ReadCall[] | null>;

/**
 * The right calls of a case beside those of two replies, argument by argument. Calls are paired as the scorer pairs them:
 * those that are right first, then those of the same name, then what is left in its order.
 *
 * @param replies the readable calls of each side; null = there is no reply to read
 */
export function compareFields(evalCase: EvalCase, replies: Replies): ComparedCall[] {
  const expected = closestOption(evalCase, replies.candidate ?? replies.baseline ?? []);
  const places = {
    baseline: pairUp(expected, replies.baseline, evalCase),
    candidate: pairUp(expected, replies.candidate, evalCase),
  };
  const count = Math.max(expected.length, places.baseline.length, places.candidate.length);
  return Array.from({ length: count }, (_, at) =>
    compareOne(
      expected[at] ?? null,
      { baseline: places.baseline[at] ?? null, candidate: places.candidate[at] ?? null },
      replies,
      evalCase,
    ),
  );
}

/** Of the complete right answers the one that most calls of a reply satisfy. */
function closestOption(evalCase: EvalCase, calls: readonly ReadCall[]): readonly ExpectedCall[] {
  const options = [evalCase.expected.calls, ...(evalCase.expected.alternatives ?? [])];
  const satisfied = (option: readonly ExpectedCall[]) =>
    matchCalls(option.length, calls.length, (e, a) => isRight(option[e], calls[a], evalCase)).filter((a) => a !== null)
      .length;
  const misses = (option: readonly ExpectedCall[]) => Math.max(option.length, calls.length) - satisfied(option);
  return options.reduce((best, option) => (misses(option) < misses(best) ? option : best));
}

function isRight(expected: ExpectedCall | undefined, call: ReadCall | undefined, evalCase: EvalCase): boolean {
  if (expected === undefined || call === undefined) return false;
  const { isSameName, differences } = compareCall(expected, call, evalCase);
  return isSameName && differences.length === 0;
}

/** The calls of a reply at the places of the expected ones; those of no place come after them. */
function pairUp(
  expected: readonly ExpectedCall[],
  calls: readonly ReadCall[] | null,
  evalCase: EvalCase,
): (ReadCall | null)[] {
  const left = [...(calls ?? [])];
  const places: (ReadCall | null)[] = expected.map(() => null);
  const fits = [
    (wanted: ExpectedCall, call: ReadCall) => isRight(wanted, call, evalCase),
    (wanted: ExpectedCall, call: ReadCall) => wanted.name === call.name,
    () => true,
  ];
  for (const isFit of fits) {
    const open = [...places.keys()].filter((at) => places[at] === null);
    const matched = matchCalls(open.length, left.length, (e, a) => {
      const [wanted, call] = [expected[open[e] ?? -1], left[a]];
      return wanted !== undefined && call !== undefined && isFit(wanted, call);
    });
    for (const [e, a] of matched.entries()) if (a !== null) places[open[e] ?? -1] = left[a] ?? null;
    const placed = new Set(matched);
    left.splice(0, left.length, ...left.filter((_, a) => !placed.has(a)));
  }
  return [...places, ...left];
}

function compareOne(
  expected: ExpectedCall | null,
  calls: Record<Side, ReadCall | null>,
  replies: Replies,
  evalCase: EvalCase,
): ComparedCall {
  const node = expected && expectedNode(expected, evalCase);
  const wrong = {
    baseline: differencesOf(expected, node, calls.baseline, evalCase),
    candidate: differencesOf(expected, node, calls.candidate, evalCase),
  };
  const leaves = {
    expected: leavesOf(node),
    baseline: leavesOf(calls.baseline?.node),
    candidate: leavesOf(calls.candidate?.node),
  };
  const paths = [...new Set([...leaves.expected.keys(), ...leaves.baseline.keys(), ...leaves.candidate.keys()])];
  const rows = paths.map((path) => ({
    path,
    expected: leaves.expected.get(path) ?? null,
    baseline: leaves.baseline.get(path) ?? null,
    candidate: leaves.candidate.get(path) ?? null,
    baselineDiffers: calls.baseline !== null && wrong.baseline.some((at) => concerns(at, path)),
    candidateDiffers: calls.candidate !== null && wrong.candidate.some((at) => concerns(at, path)),
  }));
  const name = (side: Side) => calls[side]?.name ?? null;
  const differs = (side: Side) => replies[side] !== null && name(side) !== (expected?.name ?? null);
  return {
    expected: expected?.name ?? null,
    baseline: name("baseline"),
    candidate: name("candidate"),
    baselineDiffers: differs("baseline"),
    candidateDiffers: differs("candidate"),
    rows: [...rows].sort((left, right) => rankOf(left) - rankOf(right)).slice(0, rowsMax),
    rowsLeftOut: Math.max(0, rows.length - rowsMax),
  };
}

const rankOf = (row: { baselineDiffers: boolean; candidateDiffers: boolean }): number =>
  row.candidateDiffers ? 0 : row.baselineDiffers ? 1 : 2;

/** Paths at which a call is not the expected one. */
function differencesOf(
  expected: ExpectedCall | null,
  node: ArgumentNode | null,
  call: ReadCall | null,
  evalCase: EvalCase,
): string[] {
  if (expected === null || call === null) return [];
  const same = compareCall(expected, call, evalCase);
  const differences = same.isSameName ? same.differences : diffArguments(node, call.node);
  return differences.map(({ path }) => path);
}

/** A difference at a path concerns what lies under it, and what it lies in. */
const concerns = (at: string, path: string): boolean => isWithin(path, at) || isWithin(at, path);

const isWithin = (path: string, outer: string): boolean =>
  path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);

/** Every value that holds no other, by its path. */
function leavesOf(node: ArgumentNode | null | undefined): Map<string, string> {
  const leaves = new Map<string, string>();
  if (node === null || node === undefined) return leaves;
  const walk = (at: ArgumentNode, path: string): void => {
    if (isObjectNode(at) && at.size > 0) for (const [key, child] of at) walk(child, childPath(path, key));
    else if (isArrayNode(at) && at.length > 0)
      for (const [index, child] of at.entries()) walk(child, childPath(path, index));
    else if (path !== "$") leaves.set(path, showNode(at) ?? "null");
  };
  walk(node, "$");
  return leaves;
}
