import type { Via } from "#lib/requests/schema.ts";

/** Who reads: staff know the product's words, a customer their own (console.md, words the screens use). */
export type Audience = "staff" | "customer";

const WORDS: Record<Audience, Record<Via, string>> = {
  staff: {
    primary: "its own version",
    previous_version: "the previous version",
    base_model: "the base model",
    hosted_provider: "a hosted provider",
    origin: "the customer's own endpoint",
  },
  customer: {
    primary: "your model",
    previous_version: "an older version",
    base_model: "the standard model",
    hosted_provider: "a hosted provider",
    origin: "your own endpoint",
  },
};

/** What answered, to stand behind "answered by"; a way that this page does not know keeps its name. */
export const viaWords = (via: string, audience: Audience): string =>
  Object.entries(WORDS[audience]).find(([known]) => known === via)?.[1] ?? via;

const REASONS: Record<Audience, Record<string, string>> = {
  staff: {
    no_node: "no node could take it",
    saturated: "its nodes were at capacity",
    node_failed: "a node failed during the request",
    breaker_open: "its version had failed several times in a row",
    control: "an operator overrode routing",
  },
  customer: {
    no_node: "your model could not be reached",
    saturated: "your model was too busy",
    node_failed: "a server failed during the request",
    breaker_open: "your model had failed several times in a row",
    control: "your provider overrode routing",
  },
};

/** Why something else answered, to stand behind "because". */
export const fallbackReasonWords = (reason: string, audience: Audience): string => REASONS[audience][reason] ?? reason;
