import { describe, expect, it } from "vitest";
import { actionWords } from "./action-words.ts";

describe("actionWords", () => {
  it.each([
    ["version.stage", "Stage version"],
    ["version.receive_file", "Receive file of version"],
    ["cutover.start", "Start cutover"],
    ["key.create", "Create API key"],
    ["run.start", "Start gate"],
    ["vacuum", "Vacuum"],
  ])("%s is %s", (action, words) => {
    expect(actionWords(action)).toBe(words);
  });
});
