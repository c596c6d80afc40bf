import { describe, expect, it } from "vitest";
import { StartRecording } from "#lib/evals/browser/recording-schema.ts";
import { LINES, NUMBER } from "../ui/form/field-text.ts";
import { consentOf, MEND } from "./consent-fields.ts";

const refusedOf = (change: object) =>
  StartRecording.safeParse({ ...consentOf([]), agreed: true, ...change }).error?.issues.map(({ path }) => path);

describe("the consent form", () => {
  it("proposes what the API proposes, and needs the customer's word", () => {
    expect({ ...consentOf([]), agreed: true }).toEqual(StartRecording.parse({ agreed: true }));
    expect(StartRecording.safeParse(consentOf([])).error?.issues.map(({ path }) => path)).toEqual([["agreed"]]);
  });

  it("sends a word a line, without the empty ones, and brings those of the recording before back", () => {
    expect(LINES.read("Dora\n\n  Acme Rockets \n")).toEqual(["Dora", "Acme Rockets"]);
    expect(LINES.read(LINES.write(consentOf(["Dora", "Quill"]).words))).toEqual(["Dora", "Quill"]);
  });

  it.each(["", "two weeks", "1.5", "31"])("refuses %j days at their field", (days) => {
    expect(refusedOf({ days: NUMBER.read(days) })).toEqual([["days"]]);
  });

  it("says how to mend each field", () => {
    expect(MEND.days).toBe("Give a whole number from 1 to 30.");
    expect(MEND.words).toMatch(/2 to 80 characters/);
    expect(refusedOf({ words: ["x"] })).toEqual([["words", 0]]);
  });
});
