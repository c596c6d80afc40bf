import { chatTemplateChecksum } from "#lib/pools/fingerprint.ts";
import type { OnboardingFinding } from "../schema.ts";
import { pass, problem, unknown, warning } from "./finding.ts";
import type { NodeFacts, ToolProbe } from "./node-facts.ts";
import type { Fingerprints } from "./token-fingerprint.ts";

/** What a node's tokens are compared with. */
export type TokenReference = {
  /** null = the base's config does not say. */
  vocabSize: number | null;
  chatTemplateChecksum: string | null;
  /** Of the pool's oldest node that has them; null = there is none. */
  first: (Fingerprints & { nodeName: string }) | null;
};

const short = (fingerprint: string) => fingerprint.slice(0, 12);
const SAME_FILES = "Start the engine from the pool's base model, with its own tokenizer files.";

/**
 * Tokenizer, chat template and tool calls. A pool keeps a checksum of tokenizer.json, from which no token can be computed:
 * the first node of a pool that tells its tokens is what the others are compared with, and that is said.
 * @param reference null = no pool to compare with
 */
export const judgeTokens = (facts: NodeFacts, reference: TokenReference | null): OnboardingFinding[] => [
  tokenizer(facts, reference),
  chatTemplate(facts, reference),
  toolCalls(facts.toolProbe),
];

function tokenizer(facts: NodeFacts, reference: TokenReference | null): OnboardingFinding {
  const code = "tokenizer";
  const mine = facts.fingerprints.tokenizer;
  const { largestTokenId } = facts;
  if (mine === null)
    return unknown(
      code,
      "Its /tokenize does not answer, so its tokenizer is not known.",
      "Let /tokenize through to us.",
    );
  const vocabSize = reference?.vocabSize ?? null;
  if (vocabSize !== null && largestTokenId !== null && largestTokenId >= vocabSize)
    return problem(
      "tokenizer_mismatch",
      `It makes token ${largestTokenId}, but the pool's base model has ${vocabSize} tokens.`,
      SAME_FILES,
    );
  const first = reference?.first;
  if (!first?.tokenizer) {
    const why =
      reference === null ? "Without a pool it is compared with nothing." : "No other node of the pool is known:";
    const then = reference === null ? "" : " later ones are compared with it.";
    return unknown(
      code,
      `Its tokenizer's fingerprint is ${short(mine)}. ${why}${then}`,
      "Compare it with a node that is known to be right.",
    );
  }
  if (first.tokenizer === mine)
    return pass(code, `Its tokenizer makes the same tokens as ${first.nodeName}'s (${short(mine)}).`);
  return problem("tokenizer_mismatch", `Its tokenizer makes other tokens than ${first.nodeName}'s.`, SAME_FILES);
}

function chatTemplate(facts: NodeFacts, reference: TokenReference | null): OnboardingFinding {
  const code = "chat_template";
  const fix = "Start the engine with the base model's own template, or give it with --chat-template.";
  const wanted = reference?.chatTemplateChecksum ?? null;
  if (facts.chatTemplate !== null && wanted !== null)
    return chatTemplateChecksum(facts.chatTemplate) === wanted
      ? pass(code, "Its chat template is the pool's, letter by letter.")
      : warning("chat_template_differs", "Its chat template is not the pool's.", fix);
  const mine = facts.fingerprints.chatTemplate;
  if (mine === null && facts.fingerprints.tokenizer === null)
    return unknown(
      code,
      "Its /tokenize does not answer, so its chat template is not known.",
      "Let /tokenize through to us.",
    );
  if (mine === null)
    return warning("no_chat_template", "It cannot put chat messages together: it has no chat template.", fix);
  const first = reference?.first;
  if (!first?.chatTemplate)
    return unknown(
      code,
      "It has a chat template; whether it is the right one is not known.",
      "Start the engine with --enable-tokenizer-info-endpoint, so that its text can be compared.",
    );
  if (first.chatTemplate === mine) return pass(code, `It puts messages together as ${first.nodeName} does.`);
  return warning("chat_template_differs", `It puts messages together in another way than ${first.nodeName}.`, fix);
}

function toolCalls(probe: ToolProbe): OnboardingFinding {
  const code = "tool_calls";
  const flags =
    "Start the engine with --enable-auto-tool-choice and --tool-call-parser (see the pool's launch command).";
  switch (probe.kind) {
    case "called":
      return pass(code, "Asked with a tool, it called it, and its parser took the call out of the text.");
    case "text":
      return probe.looksLikeCall
        ? warning("tool_parser_mismatch", "It wrote a tool call, but its parser left it in the text.", flags)
        : unknown(
            code,
            "Asked with a tool, it answered in text: tools are allowed, whether its parser reads calls is not known.",
            "Try an adapter that is trained to call tools.",
          );
    case "refused":
      if (/auto-tool-choice|tool-call-parser/i.test(probe.message))
        return warning("tool_calls_off", "It refuses requests with tools.", flags);
      return warning(
        "chat_refused",
        `It refuses a chat request with a tool: ${probe.message}`,
        "Send it a chat request yourself: customers get the same error.",
      );
    case "no_answer":
      return unknown(code, `No answer to a chat request with a tool: ${probe.message}`, "Inspect again.");
  }
}
