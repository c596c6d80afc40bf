import type { CallInput } from "#lib/api/client.ts";
import type { SuiteCase } from "#lib/evals/browser/suite-schema.ts";

export type CaseBody = CallInput<"POST /suites/{suiteId}/cases">["body"];
type Listed = { field: string; message: string; fix: string };

/** A prompt as its form holds it: lists of tools and alternatives are text until they are read. */
export type CaseDraft = {
  category: string;
  messages: SuiteCase["messages"];
  tools: string;
  calls: SuiteCase["expected"]["calls"];
  alternatives: string;
  reason: string;
  tags: string;
  holdOut: boolean;
  /** What the form does not show stays as it was. */
  rest: Pick<SuiteCase["expected"], "matchers" | "ignored">;
};

export function draftOf(shown: SuiteCase | null): CaseDraft {
  const { matchers, ignored } = shown?.expected ?? {};
  return {
    category: shown?.category ?? "by_hand",
    messages: shown?.messages ?? [{ role: "user", content: "" }],
    tools: shown ? JSON.stringify(shown.tools, null, 2) : "[]",
    calls: shown?.expected.calls ?? [],
    alternatives: shown && shown.expected.alternatives.length > 0 ? JSON.stringify(shown.expected.alternatives) : "",
    reason: shown?.expected.reason ?? "",
    tags: shown?.tags.join(", ") ?? "",
    holdOut: shown?.holdOut ?? false,
    rest: { ...(matchers ? { matchers } : {}), ...(ignored ? { ignored } : {}) },
  };
}

/** What is sent, or what cannot be read as it stands. */
export function inputOf(draft: CaseDraft): { input: CaseBody } | { why: Listed } {
  const tools = readList(draft.tools);
  if (tools === null) return { why: { field: "tools", message: "Not a JSON list.", fix: "Write [{…}]." } };
  const alternatives = draft.alternatives.trim() === "" ? [] : readList(draft.alternatives);
  if (alternatives === null)
    return { why: { field: "alternatives", message: "Not a JSON list.", fix: "Write [[{…}]]." } };
  const input = {
    category: draft.category,
    holdOut: draft.holdOut,
    tags: draft.tags
      .split(",")
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ""),
    messages: draft.messages,
    tools,
    expected: { calls: draft.calls, alternatives, reason: draft.reason, ...draft.rest },
  };
  return { input: input as CaseBody }; // what the lists hold is checked by the server
}

function readList(text: string): unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
