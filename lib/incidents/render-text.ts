import { momentText } from "#lib/alerting/alerts/alert-sentence.ts";
import { PLACEHOLDERS, type Placeholder } from "./browser/incident-kinds.ts";
import type { TextFault } from "./foreign-words.ts";

/** What a customer's text may say of one customer. null = nobody knows. */
export type TextFacts = {
  tenantName: string;
  startedAt: Date;
  endedAt: Date | null;
  requests: number | null;
  minutes: number | null;
  now: Date;
};

const BRACES = /\{([^{}\s]{1,40})\}/g;
const isPlaceholder = (word: string): word is Placeholder => Object.hasOwn(PLACEHOLDERS, word);
const ALLOWED = Object.keys(PLACEHOLDERS)
  .map((word) => `{${word}}`)
  .join(", ");

/** Words in braces that stand for nothing. */
export function unknownPlaceholders(template: string): TextFault[] {
  const words = new Set([...template.matchAll(BRACES)].map(([, word = ""]) => word));
  return [...words]
    .filter((word) => !isPlaceholder(word))
    .map((word) => ({
      word: `{${word}}`,
      message: `“{${word}}” is not a placeholder.`,
      fix: `Use ${ALLOWED}, or take the braces away.`,
    }));
}

/** Placeholders that nobody filled: a customer would read the braces. Names of the customer's own stay as they are. */
export function unfilledPlaceholders(text: string, own: readonly string[]): TextFault[] {
  const rest = own.reduce((left, name) => left.replaceAll(name, ""), text);
  const words = new Set([...rest.matchAll(BRACES)].map(([, word = ""]) => word));
  return [...words].filter(isPlaceholder).map((word) => ({
    word: `{${word}}`,
    message: `“{${word}}” is not filled in.`,
    fix: "Preview the text: it is filled in for each customer there.",
  }));
}

/** The text for one customer. What is not known is said to be unknown, never 0. */
export function renderText(template: string, facts: TextFacts): string {
  return template.replace(BRACES, (whole, word: string) => (isPlaceholder(word) ? wordFor(word, facts) : whole));
}

function wordFor(word: Placeholder, { tenantName, startedAt, endedAt, requests, minutes, now }: TextFacts): string {
  switch (word) {
    case "tenant":
      return tenantName;
    case "start":
      return momentText(startedAt, now);
    case "end":
      return endedAt === null ? "now" : momentText(endedAt, now);
    case "requests":
      return counted(requests);
    case "minutes":
      return counted(minutes);
  }
}

const counted = (count: number | null): string => (count === null ? "an unknown number of" : count.toString());
