import type * as z from "zod";
import type { FieldProblem } from "#lib/platform/errors.ts";
import { issueWords } from "./issue-words.ts";

/** One problem for each broken rule, with the field as a dotted path: the same words in a form and in an answer of the API. */
export const fieldProblems = (error: z.ZodError, prefix = ""): FieldProblem[] =>
  error.issues.map((issue) => {
    const field = [...(prefix ? [prefix] : []), ...issue.path.map(String)].join(".") || "body";
    const { rule, fix } = issueWords(issue);
    return { field, code: issue.code, message: `${field} ${rule}.`.replace(" :", ":"), fix };
  });
