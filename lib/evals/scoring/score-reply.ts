import type { EvalCase, ExpectedCall } from "../eval-case.ts";
import type { ArgumentDifference, SampleStatus, ScoreKind } from "../schema.ts";
import { compareCall, optionsOf, type ReadCall, schemaOfTool } from "./compare-call.ts";
import { matchCalls } from "./match-calls.ts";
import { normaliseArguments } from "./normalise-arguments.ts";
import { findUnparsedCall, readReply, type WireCall } from "./read-reply.ts";

export type ReplyScore = {
  status: SampleStatus;
  kind: ScoreKind;
  detail: { message: string; differences: ArgumentDifference[] };
  finishReason: string | null;
};

/** The reasons a finished answer may carry; anything else (`abort`, `error`, none) means that it was cut off. */
const finished = new Set(["stop", "tool_calls", "function_call"]);

/**
 * Judges one raw, non-streamed chat completion against the right answer of its case.
 * Names are compared byte for byte, arguments normalised (`normalise-arguments.ts`), calls as a multiset in any order;
 * call ids are ignored. Rules: docs of the eval gate, "Argument normalisation rules".
 *
 * @param reply the reply's body as parsed JSON, or whatever came instead
 */
export function scoreReply(reply: unknown, evalCase: EvalCase): ReplyScore {
  const read = readReply(reply);
  if (!read.ok) return invalid("transport", read.message, null);
  const { finishReason, content, calls: wireCalls } = read;
  if (finishReason === "length") return invalid("truncated", "the reply was cut off at the token limit", finishReason);
  if (finishReason === null || !finished.has(finishReason))
    return invalid("transport", `the reply did not finish (finish_reason ${finishReason ?? "missing"})`, finishReason);

  const { readable, failure } = readCalls(wireCalls, evalCase);
  const wrong = (kind: ScoreKind, message: string, differences: ArgumentDifference[] = []): ReplyScore => ({
    status: "wrong",
    kind,
    detail: { message: printable(message), differences },
    finishReason,
  });
  if (failure !== null) return wrong(failure.kind, failure.message);
  if (wireCalls.length === 0) {
    const unparsed = findUnparsedCall(
      content,
      evalCase.tools.map((tool) => tool.function.name),
    );
    if (unparsed !== null) return wrong("parse_error", `a tool call was not parsed: ${unparsed}`);
    if (finishReason !== "stop")
      return wrong("parse_error", `finish_reason is ${finishReason}, but the reply calls nothing`);
  }

  const options = [evalCase.expected.calls, ...(evalCase.expected.alternatives ?? [])];
  const attempts = options.map((option) => compareCalls(option, readable, evalCase));
  const misses = attempts.filter((attempt) => !attempt.isMatch);
  if (misses.length < attempts.length)
    return {
      status: "pass",
      kind: "match",
      detail: { message: describePass(readable.length), differences: [] },
      finishReason,
    };
  const closest = misses.reduce((best, miss) => (miss.matchedCount > best.matchedCount ? miss : best));
  return wrong(closest.kind, closest.message, closest.differences);
}

/** For a sample that never got a reply: timeout, refused connection, status 5xx. */
export function transportFailure(message: string): ReplyScore {
  return invalid("transport", message, null);
}

/** A model may name a tool with a NUL or half a surrogate pair; Postgres can store neither. */
const printable = (message: string): string => message.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, "\ufffd");

function invalid(kind: "truncated" | "transport", message: string, finishReason: string | null): ReplyScore {
  return { status: "invalid", kind, detail: { message: printable(message), differences: [] }, finishReason };
}

const describePass = (calls: number): string =>
  calls === 0 ? "called nothing, as expected" : `${calls === 1 ? "the call is" : "all calls are"} as expected`;

type ReadCalls = {
  readable: ReadCall[];
  failure: { kind: "parse_error" | "duplicate_key"; message: string } | null;
};

/** The calls of a reply, read and normalised; null = it is no chat completion. Those that cannot be read are left out. */
export function callsOf(reply: unknown, evalCase: EvalCase): ReadCall[] | null {
  const read = readReply(reply);
  return read.ok ? readCalls(read.calls, evalCase).readable : null;
}

function readCalls(wireCalls: readonly WireCall[], evalCase: EvalCase): ReadCalls {
  const result: ReadCalls = { readable: [], failure: null };
  for (const call of wireCalls) {
    if ("malformed" in call) {
      result.failure ??= { kind: "parse_error", message: call.malformed };
      continue;
    }
    const read = normaliseArguments(call.arguments, schemaOfTool(evalCase, call.name), optionsOf(evalCase, call.name));
    if (read.ok) result.readable.push({ name: call.name, node: read.node, defaulted: read.defaulted });
    else result.failure ??= { kind: read.kind, message: `${call.name}: ${read.message}` };
  }
  return result;
}

type Attempt =
  | { isMatch: true; matchedCount: number }
  | { isMatch: false; matchedCount: number; kind: ScoreKind; message: string; differences: ArgumentDifference[] };

function compareCalls(expected: readonly ExpectedCall[], actual: readonly ReadCall[], evalCase: EvalCase): Attempt {
  const table = expected.map((wanted) => actual.map((call) => compareCall(wanted, call, evalCase)));
  const cell = (e: number, a: number) => table[e]?.[a] ?? { isSameName: false, differences: [] };
  const fits = (e: number, a: number) => cell(e, a).isSameName && cell(e, a).differences.length === 0;
  const matched = matchCalls(expected.length, actual.length, fits);
  const used = new Set(matched);
  const missing = expected.map((_, e) => e).filter((e) => matched[e] === null);
  const extra = actual.map((_, a) => a).filter((a) => !used.has(a));
  const matchedCount = expected.length - missing.length;
  if (missing.length === 0 && extra.length === 0) return { isMatch: true, matchedCount };

  const pairs = matchCalls(missing.length, extra.length, (m, x) => cell(missing[m] ?? -1, extra[x] ?? -1).isSameName);
  const differences = pairs.flatMap((x, m) => (x === null ? [] : cell(missing[m] ?? -1, extra[x] ?? -1).differences));
  const pairedExtra = new Set(pairs);
  const wantedNames = missing.filter((_, m) => pairs[m] === null).map((e) => expected[e]?.name ?? "");
  const foundNames = extra.filter((_, x) => !pairedExtra.has(x)).map((a) => actual[a]?.name ?? "");
  return { isMatch: false, matchedCount, differences, ...explain(wantedNames, foundNames, differences, evalCase) };
}

function explain(
  wanted: readonly string[],
  found: readonly string[],
  differences: readonly ArgumentDifference[],
  evalCase: EvalCase,
): { kind: ScoreKind; message: string } {
  const known = new Set(evalCase.tools.map((tool) => tool.function.name));
  const foundText = found.map((name) => (known.has(name) ? name : `${name} (no such tool)`)).join(", ");
  if (wanted.length > found.length) return { kind: "missing_call", message: `not called: ${wanted.join(", ")}` };
  if (found.length > wanted.length) return { kind: "unexpected_call", message: `called without need: ${foundText}` };
  if (wanted.length > 0) return { kind: "wrong_name", message: `expected ${wanted.join(", ")}, called ${foundText}` };
  const paths = differences.map((difference) => difference.path).join(", ");
  return { kind: "wrong_arguments", message: `different arguments: ${paths}` };
}
