import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { generateSuite } from "#lib/evals/suites/generator/generate-suite.ts";
import { promptHash } from "#lib/sim/answers/prompt-hash.ts";
import { ScenarioSchema } from "#lib/sim/answers/scenario.ts";
import { MODEL_DIR } from "#lib/sim/testing/node-fixture.ts";
import { DEMO_TENANTS } from "./companies.ts";
import { behaviours, versionsOf } from "./demo-adapters.ts";
import { readDemoBase } from "./demo-base.ts";
import { ScenarioSync } from "./scenario-sync.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "switchyard-demo-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const suite = (seed: string | null, caseCount: number) => ({ seed, caseCount, source: "generated" }) as never;
const noPrompts = () => Promise.reject(new Error("nothing to read"));
const tenant = (slug: string) => ({ slug }) as never;

describe("behaviours", () => {
  it("knows every version by its bytes, and only one as broken", async () => {
    const { configJson } = await readDemoBase(MODEL_DIR);
    const known = behaviours(DEMO_TENANTS, configJson);
    expect(Object.keys(known)).toHaveLength(DEMO_TENANTS.flatMap((plan) => [...versionsOf(plan)]).length);
    expect(Object.values(known).filter((behaviour) => behaviour.brokenCategories.length > 0)).toHaveLength(1);
  });
});

describe("ScenarioSync", () => {
  const read = async (file: string) => ScenarioSchema.parse(JSON.parse(await readFile(file, "utf8")));

  it("holds the answers of the suites there are, and writes nothing when nothing is new", async () => {
    const file = join(directory, "demo", "scenario.json");
    const sync = new ScenarioSync(file, {}, noPrompts);
    await sync.update({ tenants: [], suites: [suite("acme", 20), suite(null, 5)] });
    const cases = generateSuite({ seed: "acme", count: 30 });
    const hashOf = (at: number) => {
      const { messages, tools } = cases[at] ?? { messages: [], tools: [] };
      return promptHash({ messages, tools });
    };
    const scenario = await read(file);
    expect(Object.keys(scenario.answers)).toHaveLength(20);
    expect(scenario.answers[hashOf(0)]?.calls.map((call) => call.name)).toEqual(
      cases[0]?.expected.calls.map((call) => call.name),
    );
    const { ino } = await stat(file);
    await sync.update({ tenants: [], suites: [suite("acme", 20)] });
    expect((await stat(file)).ino).toBe(ino);
    await sync.update({ tenants: [], suites: [suite("acme", 30)] });
    expect((await read(file)).answers[hashOf(29)]).toBeDefined();
  });

  it("writes ahead for tenants, since a suite's seed is its tenant's slug", async () => {
    const file = join(directory, "scenario.json");
    const sync = new ScenarioSync(file, {}, noPrompts);
    await sync.update({ tenants: [tenant("acme")], suites: [] });
    expect(Object.keys((await read(file)).answers)).toHaveLength(200);
  });

  it("reads the prompts of suites that no generator made, once and again when they were edited", async () => {
    const file = join(directory, "scenario.json");
    const asked: string[] = [];
    const [made] = generateSuite({ seed: "acme", count: 1 });
    if (!made) throw new Error("no case");
    const sync = new ScenarioSync(file, {}, async (id) => {
      asked.push(id);
      return [made];
    });
    const edited = (hash: string) => ({ id: "sui_1", hash, source: "edit", seed: null, caseCount: 1 }) as never;
    for (const hash of ["a", "a", "b"]) await sync.update({ tenants: [], suites: [edited(hash)] });
    expect(asked).toEqual(["sui_1", "sui_1"]);
    expect((await read(file)).answers[promptHash(made)]).toMatchObject({ category: made.category });
  });
});
