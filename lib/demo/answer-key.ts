import { generateSuite } from "#lib/evals/suites/generator/generate-suite.ts";
import { promptHash } from "#lib/sim/answers/prompt-hash.ts";
import type { Answer, Behaviour, Scenario } from "#lib/sim/answers/scenario.ts";

/** A generated suite by what makes it: its seed and length. */
export type SuiteSeed = { seed: string; count: number };

/** A prompt as the API shows it, with its right answer. */
export type Prompt = {
  messages: unknown;
  tools: unknown;
  category: string;
  expected: { calls: readonly { name: string; arguments: string }[] };
};

/**
 * The answer key of every generated suite there is, for the simulated nodes only. Suites of one seed begin alike, so the
 * longest one holds the others.
 */
export class AnswerKey {
  readonly #counts = new Map<string, number>();
  readonly #answers: Record<string, Answer> = {};

  /** @returns true when there was something to add */
  add(suite: SuiteSeed): boolean {
    const known = this.#counts.get(suite.seed) ?? 0;
    if (known >= suite.count) return false;
    for (const evalCase of generateSuite({ seed: suite.seed, count: suite.count }).slice(known)) {
      this.#answers[promptHash({ messages: evalCase.messages, tools: evalCase.tools })] = {
        category: evalCase.category,
        // The preferred calls; none means that the right answer is to say something instead.
        calls: evalCase.expected.calls.map((call) => ({ name: call.name, arguments: call.arguments })),
      };
    }
    this.#counts.set(suite.seed, suite.count);
    return true;
  }

  /** Prompts that no generator of ours makes: those of a tenant's own tools, of templates and of files. */
  addPrompts(prompts: readonly Prompt[]): void {
    for (const { messages, tools, category, expected } of prompts)
      this.#answers[promptHash({ messages, tools })] = {
        category,
        calls: expected.calls.map((call) => ({ name: call.name, arguments: call.arguments })),
      };
  }

  scenario(digests: Record<string, Behaviour>): Scenario {
    return {
      version: 1,
      answers: this.#answers,
      digests,
      fallback: { skill: 1, flake: 0, brokenCategories: [] },
      base: { skill: 0.55, flake: 0, brokenCategories: [], salt: "base" },
    };
  }
}
