import { describe, expect, it } from "vitest";
import { createRandom } from "../../random.ts";
import { distractors, everydayTools } from "./catalogue.ts";
import { domains } from "./domains.ts";
import { capitalised, createWorld, idsOf, withArticle } from "./world.ts";

describe("domains", () => {
  it.each(domains.map((domain) => [domain.name, domain] as const))(
    "%s has words that fit into tool names and ids",
    (_, domain) => {
      for (const noun of [domain.item, domain.place, domain.agent]) {
        expect(`${noun.one}${noun.many}`).toMatch(/^[a-z]+$/);
        expect(noun.prefix).toMatch(/^[A-Z]{3}$/);
      }
      expect(new Set([domain.item, domain.place, domain.agent].map((noun) => noun.prefix)).size).toBe(3);
    },
  );

  it.each(domains.map((domain) => [domain.name, domain] as const))(
    "%s speaks of each state in its own words",
    (_, domain) => {
      const sayings = domain.states.flatMap((state) => state.says);
      expect(new Set(sayings).size).toBe(sayings.length);
      for (const state of domain.states) expect(state.says.join(" ")).not.toContain(state.value);
    },
  );
});

describe("createWorld", () => {
  it("gives other words for other seeds", () => {
    const worlds = Array.from({ length: 40 }, (_, at) => createWorld(createRandom(`tenant-${at}`)));
    const toolNames = worlds.map((world) =>
      Object.values(everydayTools(world))
        .map((tool) => tool.function.name)
        .join(),
    );
    expect(new Set(worlds.map((world) => world.name)).size).toBeGreaterThan(7);
    expect(new Set(toolNames).size).toBeGreaterThan(35);
  });
});

describe("names", () => {
  it("gives as many different ids and distractors as asked", () => {
    const random = createRandom("ids");
    const world = createWorld(random);
    expect(new Set(idsOf(world.item, 30, random)).size).toBe(30);
    expect(new Set(distractors(49, random).map((tool) => tool.function.name)).size).toBe(49);
  });

  it("sets the article and the capital", () => {
    expect([withArticle("driver"), withArticle("adjuster"), capitalised("driver")]).toEqual([
      "a driver",
      "an adjuster",
      "Driver",
    ]);
  });
});
