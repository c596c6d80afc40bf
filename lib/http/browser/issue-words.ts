import type * as z from "zod";

type Issue = z.core.$ZodIssue;

/** Which rule a value breaks, to follow the field's name ("is empty"), and what to do about it. */
export type IssueWords = { rule: string; fix: string };

/** What the schema library says by itself; anything else was written for this field, and stays. */
const ITS_OWN = /^(?:Too (?:small|big):|Invalid |Unrecognized keys?:)/;

const TYPES: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

const FORMATS: Record<string, IssueWords> = {
  datetime: { rule: "is not a time", fix: "Write it as 2026-01-31T12:00:00Z." },
  date: { rule: "is not a date", fix: "Write it as 2026-01-31." },
  email: { rule: "is not an e-mail address", fix: "Write it as name@example.com." },
  url: { rule: "is not a URL", fix: "Write it as https://example.com/path." },
};

/** Words for a reader who knows forms, not schemas. */
export function issueWords(issue: Issue): IssueWords {
  const words = ownWords(issue);
  return ITS_OWN.test(issue.message) ? words : { ...words, rule: `: ${issue.message.replace(/\.$/, "")}` };
}

function ownWords(issue: Issue): IssueWords {
  switch (issue.code) {
    case "invalid_type": {
      const type = TYPES[issue.expected] ?? `a ${issue.expected}`;
      return { rule: `is missing, or not ${type}`, fix: `Give ${type}.` };
    }
    case "too_small":
      return atLeast(issue.origin, Number(issue.minimum), issue.inclusive ?? true);
    case "too_big":
      return atMost(issue.origin, Number(issue.maximum), issue.inclusive ?? true);
    case "unrecognized_keys":
      return {
        rule: `has unknown fields: ${issue.keys.join(", ")}`,
        fix: `Leave out ${issue.keys.join(", ")}.`,
      };
    case "invalid_value":
      return { rule: "is none of the values that are allowed", fix: `Use one of: ${issue.values.join(", ")}.` };
    case "invalid_format":
      return FORMATS[issue.format] ?? { rule: "is not written as this field needs it", fix: "Correct the value." };
    case "not_multiple_of":
      return { rule: `is not a multiple of ${issue.divisor}`, fix: `Give a multiple of ${issue.divisor}.` };
    default:
      return { rule: "is not allowed", fix: "Correct the value." };
  }
}

const many = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;
const amountOf = (origin: string, count: number): string =>
  origin === "string" ? many(count, "character", "characters") : many(count, "entry", "entries");
const isCounted = (origin: string): boolean => origin === "string" || origin === "array" || origin === "set";

function atLeast(origin: string, least: number, isAllowed: boolean): IssueWords {
  if (isCounted(origin))
    return least === 1
      ? { rule: "is empty", fix: "Fill it in." }
      : { rule: `has fewer than ${amountOf(origin, least)}`, fix: `Give ${least} or more.` };
  return isAllowed
    ? { rule: `is less than ${least}`, fix: `Give ${least} or more.` }
    : { rule: `is not more than ${least}`, fix: `Give more than ${least}.` };
}

function atMost(origin: string, most: number, isAllowed: boolean): IssueWords {
  if (isCounted(origin)) return { rule: `has more than ${amountOf(origin, most)}`, fix: `Give ${most} or fewer.` };
  return isAllowed
    ? { rule: `is more than ${most}`, fix: `Give ${most} or less.` }
    : { rule: `is not less than ${most}`, fix: `Give less than ${most}.` };
}
