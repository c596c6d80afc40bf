/**
 * The words of this room as types. An OpenAI chat prompt, its tools, and what counts as the right answer.
 * Arguments are JSON *text*, as on the wire: an integer beyond 2^53 does not survive a parsed object or `jsonb`.
 */
export type ToolCall = {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
};

export type ChatMessage =
  | { role: "system" | "user"; content: string }
  | { role: "assistant"; content: string | null; tool_calls?: ToolCall[] }
  | { role: "tool"; content: string; tool_call_id: string };

/** A JSON Schema as it came with the suite: untrusted, read only through `tool-schema.ts`. */
export type JsonSchema = { [keyword: string]: unknown };

export type ToolDefinition = {
  type: "function";
  function: { name: string; description: string; parameters: JsonSchema };
};

/** Further values one top-level argument may take (imported answer keys list several). `values` are JSON texts. */
export type AcceptedValues = { values: string[]; mayOmit: boolean };

export type ExpectedCall = {
  name: string;
  /** JSON text of the preferred arguments object. */
  arguments: string;
  accepts?: Record<string, AcceptedValues>;
};

/** How strings at a path are compared when exact text is too strict; part of the suite, so part of its hash. */
export type Matcher = "iso-instant" | "uri";

export type Expectation = {
  /** The right calls in any order; none means the right answer is to call nothing. */
  calls: ExpectedCall[];
  /** Other complete sets of calls that are just as right. */
  alternatives?: ExpectedCall[][];
  /** Why this is the right answer, for the person who reads a failed sample. */
  reason: string;
  /** Path pattern (`$.start`, `$.items[*].at`) to matcher. */
  matchers?: Record<string, Matcher>;
  /** Path patterns whose keys are not compared, where the tool's schema allows such a key. */
  ignored?: string[];
};

export type EvalCase = {
  /** Stable within a generator version: `<category>-<number>`. */
  id: string;
  /** 1-based place in the suite. */
  ordinal: number;
  category: string;
  messages: ChatMessage[];
  tools: ToolDefinition[];
  expected: Expectation;
};
