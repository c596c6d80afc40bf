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

export const matchers = ["iso-instant", "uri", "ignore", "set"] as const;
/**
 * How the value at a path is compared when "exactly equal" is too strict; part of the suite, so part of its hash.
 * `iso-instant`: the same moment in any offset. `uri`: the same address in WHATWG form. `set`: a list whose order and
 * repetitions do not count. `ignore`: any value, and any at all where the schema does not require the key.
 */
export type Matcher = (typeof matchers)[number];

/** A matcher that holds in every prompt of a suite which offers the tool. */
export type SuiteMatcher = {
  tool: string;
  /** Path pattern into its arguments, such as `$.items[*].at`. */
  path: string;
  matcher: Matcher;
};

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
  // What follows is left out where it says nothing: a suite of before has the hash that it always had.
  /** Never shown to the customer, so that no adapter is tuned on it. */
  holdOut?: true;
  tags?: string[];
  /** The pattern of a template that it was made by: prompts of one pattern are no independent witnesses. */
  template?: string;
  /** The suite's own matchers, as far as they speak of tools that this prompt offers. */
  matchers?: SuiteMatcher[];
};
