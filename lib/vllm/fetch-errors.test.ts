import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { engineProfile } from "./engine-profile.ts";
import { classifyLoadError } from "./errors.ts";
import { FETCH_RULES } from "./fetch-errors.ts";

const WORDS = FETCH_RULES.map(({ text }) => text.source);
const refusal = (message: string) =>
  JSON.stringify({ error: { message, type: "BadRequestError", param: null, code: 400 } });

describe("refusals of the plugin on a node", () => {
  it.each(FETCH_RULES.map((rule) => [rule.text.source, rule] as const))("%s is told by its word", (word, rule) => {
    const found = classifyLoadError(400, refusal(`${word}: what it was about`), engineProfile("0.32.0"));
    expect(found).toMatchObject({ class: rule.class, code: rule.code, fix: rule.fix });
  });

  it("are the words that the plugin uses, no more and no fewer", () => {
    const used = new Set<string>();
    for (const file of ["artifact", "download", "fetch", "load_hook"]) {
      const source = readFileSync(new URL(`../../vllm-plugin/switchyard_vllm/${file}.py`, import.meta.url), "utf8");
      for (const [, word = ""] of source.matchAll(/Refused\(\s*"(switchyard_\w+)"/g)) used.add(word);
    }
    expect([...used].sort()).toEqual([...WORDS].sort());
  });
});
