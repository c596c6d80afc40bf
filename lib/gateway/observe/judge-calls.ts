import type { JsonSchema } from "#lib/evals/eval-case.ts";
import { findViolations } from "#lib/evals/scoring/check-arguments.ts";
import { canonicalText, normaliseArguments } from "#lib/evals/scoring/normalise-arguments.ts";
import type { WireCall } from "#lib/evals/scoring/read-reply.ts";
import { isSchema } from "#lib/evals/scoring/tool-schema.ts";
import type { Comparison, ToolCalls } from "#lib/requests/trace/trace.ts";
import { type CallsRead, hidesCall, isRecord, listOf, parseJson } from "./read-calls.ts";

/** By name; a tool without parameters takes anything. */
export type ToolSchemas = ReadonlyMap<string, JsonSchema>;

/** The tools that a request declares. */
export function toolsOf(body: string): ToolSchemas {
  const request = parseJson(body);
  const tools = listOf(isRecord(request) ? request.tools : null);
  return new Map(
    tools.flatMap((tool): [string, JsonSchema][] => {
      const declared = isRecord(tool) && isRecord(tool.function) ? tool.function : null;
      if (declared === null || typeof declared.name !== "string") return [];
      return [[declared.name, isSchema(declared.parameters) ? declared.parameters : {}]];
    }),
  );
}

/** What is kept of a reply: how well formed its calls are, and a text that is equal for equal calls. Never what was said. */
export type Judged = { toolCalls: ToolCalls; canonical: string | null };

/** @returns null = nothing can be said of the reply */
export function judgeCalls(read: CallsRead, tools: ToolSchemas): Judged | null {
  if (read === null) return null;
  const { calls, content } = read;
  if (calls.length === 0)
    return hidesCall(content, [...tools.keys()])
      ? { toolCalls: "unparsed", canonical: null }
      : { toolCalls: "none", canonical: null };
  const judged = calls.map((call) => judgeCall(call, tools));
  const texts = judged.flatMap(({ text }) => text ?? []);
  return {
    toolCalls: worstOf(judged.map(({ toolCalls }) => toolCalls)),
    // parallel calls are the same in whatever order
    canonical: texts.length === calls.length ? JSON.stringify(texts.sort()) : null,
  };
}

function judgeCall(call: WireCall, tools: ToolSchemas): { toolCalls: ToolCalls; text: string | null } {
  if ("malformed" in call) return { toolCalls: "unparsed", text: null };
  const schema = tools.get(call.name);
  const normal = normaliseArguments(call.arguments, schema ?? {});
  if (!normal.ok) return { toolCalls: "unparsed", text: null };
  const isValid = schema !== undefined && findViolations(normal.node, schema).length === 0;
  return { toolCalls: isValid ? "valid" : "invalid", text: JSON.stringify([call.name, canonicalText(normal.node)]) };
}

function worstOf(all: readonly ToolCalls[]): ToolCalls {
  if (all.includes("unparsed")) return "unparsed";
  return all.includes("invalid") ? "invalid" : "valid";
}

/** How a copy's reply stands beside the customer's own. */
export function compareCalls(own: Judged | null, copy: Judged | null): Comparison {
  if (own === null || copy === null) return "not_comparable";
  if (own.toolCalls === "none" && copy.toolCalls === "none") return "both_none";
  if (own.toolCalls === "none" || copy.toolCalls === "none") return "different";
  if (own.canonical === null || copy.canonical === null) return "not_comparable";
  return own.canonical === copy.canonical ? "same" : "different";
}
