import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Behaviour } from "#lib/sim/answers/scenario.ts";
import { AnswerKey, type Prompt } from "./answer-key.ts";
import type { Facts } from "./facts.ts";

const DEFAULT_COUNT = 200;
/** Suites generated per round beyond the urgent ones: each takes about a tenth of a second of a shared core. */
const AHEAD_PER_ROUND = 2;

/**
 * Keeps the simulated nodes' scenario file in step with the suites of the catalog, also those that people make. A suite's
 * seed is its tenant's slug unless it says otherwise, so keys are written ahead: a gate may start a moment after its suite.
 */
export class ScenarioSync {
  readonly #key = new AnswerKey();
  readonly #file: string;
  readonly #digests: Record<string, Behaviour>;
  #isWritten = false;

  /** By suite, the hash of the prompts that the key holds. */
  readonly #read = new Map<string, string>();
  readonly #readPrompts: (suiteId: string) => Promise<readonly Prompt[]>;

  constructor(
    file: string,
    digests: Record<string, Behaviour>,
    readPrompts: (suiteId: string) => Promise<readonly Prompt[]>,
  ) {
    this.#file = file;
    this.#digests = digests;
    this.#readPrompts = readPrompts;
  }

  /** Adds what is missing and writes the file whole when something was. */
  async update(facts: Pick<Facts, "tenants" | "suites">): Promise<void> {
    let isChanged = !this.#isWritten;
    for (const { id, hash, source, seed, caseCount } of facts.suites) {
      if (source === "generated") {
        if (seed !== null && this.#key.add({ seed, count: caseCount })) isChanged = true;
      } else if (this.#read.get(id) !== hash) {
        this.#key.addPrompts(await this.#readPrompts(id));
        this.#read.set(id, hash);
        isChanged = true;
      }
    }
    let left = AHEAD_PER_ROUND;
    for (const { slug } of facts.tenants)
      if (left > 0 && this.#key.add({ seed: slug, count: DEFAULT_COUNT })) left -= 1;
    if (!isChanged && left === AHEAD_PER_ROUND) return;
    await mkdir(dirname(this.#file), { recursive: true });
    const draft = `${this.#file}.${process.pid}`;
    await writeFile(draft, JSON.stringify(this.#key.scenario(this.#digests)));
    await rename(draft, this.#file);
    this.#isWritten = true;
  }
}
