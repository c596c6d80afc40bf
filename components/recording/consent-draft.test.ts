import { describe, expect, it } from "vitest";
import { StartRecording } from "#lib/evals/browser/recording-schema.ts";
import type { Problem } from "#lib/http/schema.ts";
import { consentError, consentOf, draftOf, isPlaced } from "./consent-draft.ts";

const problemIn = (...fields: string[]): Problem => ({
  type: "about:blank",
  title: "Invalid",
  status: 422,
  code: "invalid",
  detail: "",
  fix: "",
  requestId: "",
  errors: fields.map((field) => ({ field, code: "too_big", message: "", fix: "" })),
});

describe("the consent form", () => {
  it("proposes what the API proposes", () => {
    expect(consentOf(draftOf([]))).toEqual(StartRecording.parse({ agreed: true }));
  });

  it("sends a word a line, without the empty ones, and brings those of the recording before back", () => {
    const draft = { ...draftOf(["Dora"]), words: "Dora\n\n  Acme Rockets \n" };
    expect(consentOf(draft).words).toEqual(["Dora", "Acme Rockets"]);
    expect(consentOf(draftOf(["Dora", "Quill"])).words).toEqual(["Dora", "Quill"]);
  });

  it.each(["", "two weeks", "1.5", "31"])("sends %j days so that the server refuses the field", (days) => {
    const read = StartRecording.safeParse(consentOf({ ...draftOf([]), days }));
    expect(read.error?.issues.map(({ path }) => path)).toEqual([["days"]]);
  });

  it("says beside its field what is wrong, also of one line", () => {
    const problem = problemIn("days", "words.3");
    expect(consentError(problem, "days")).toBe("Give a whole number from 1 to 30.");
    expect(consentError(problem, "words")).toMatch(/2 to 80 characters/);
    expect(consentError(problem, "most")).toBeNull();
    expect(isPlaced(problem)).toBe(true);
    expect(isPlaced(problemIn("days", "agreed"))).toBe(false);
    expect(isPlaced(problemIn())).toBe(false);
  });
});
