import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { baselineKinds } from "../browser/baseline-schema.ts";
import { type BaselineFacts, chooseBaseline } from "./choose-baseline.ts";

const first: BaselineFacts = {
  number: 3,
  live: { kind: "none" },
  origin: null,
  standaloneNode: null,
  baseModel: "meta-llama/Llama-3.1-8B-Instruct",
  servingNodes: 2,
};
const origin = { name: "Acme's", host: "api.example.com", model: "gpt-x", hasEnded: false, isOthers: false };
const live = { kind: "other", number: 2, state: "ready" } as const;

describe("chooseBaseline", () => {
  it.each<[string, Partial<BaselineFacts>, string | null, string | null, string[]]>([
    ["another version is live", { live, origin, standaloneNode: "s" }, "live", "live", ["live"]],
    ["first cutover, at an origin", { origin, standaloneNode: "s" }, "origin", "standalone", ["origin", "standalone"]],
    ["first cutover, only an origin", { origin }, "origin", null, ["origin"]],
    ["first cutover, only a node", { standaloneNode: "s" }, "standalone", "standalone", ["standalone"]],
    ["nothing to compare with", {}, null, null, []],
    [
      "it is live itself",
      { live: { kind: "itself" }, standaloneNode: "s" },
      "standalone",
      "standalone",
      ["standalone"],
    ],
    [
      "what is live was withdrawn",
      { live: { ...live, state: "quarantined" }, standaloneNode: "s" },
      "standalone",
      "standalone",
      ["standalone"],
    ],
    ["the origin was switched off", { origin: { ...origin, hasEnded: true } }, null, null, []],
    ["the origin is another tenant's", { origin: { ...origin, isOthers: true } }, null, null, []],
  ])("%s", (_, change, recommended, unnamed, gating) => {
    const found = chooseBaseline({ ...first, ...change });
    expect(found).toMatchObject({ recommended, unnamed });
    const open = found.choices.filter(({ gates, refusal }) => gates && refusal === null);
    expect(open.map(({ kind }) => kind)).toEqual(gating);
    expect(found.because).toMatch(/\.$/);
  });

  it("says of each kind what it is here and what it proves", () => {
    const { choices } = chooseBaseline({ ...first, live, origin, standaloneNode: "node-s" });
    expect(choices.map(({ name }) => name)).toEqual([
      "v2, live",
      "api.example.com, model gpt-x",
      "v3 alone on node-s",
      "v3 asked again on the same nodes",
      "meta-llama/Llama-3.1-8B-Instruct",
    ]);
    expect(choices.map(({ gates }) => gates)).toEqual([true, false, false, false, false]);
  });

  const anyFacts: fc.Arbitrary<BaselineFacts> = fc.record({
    number: fc.nat(),
    live: fc.oneof(
      fc.constant({ kind: "none" as const }),
      fc.constant({ kind: "itself" as const }),
      fc.record({
        kind: fc.constant("other" as const),
        number: fc.nat(),
        state: fc.constantFrom("ready", "quarantined"),
      }),
    ),
    origin: fc.option(fc.record({ ...fcOrigin(), hasEnded: fc.boolean(), isOthers: fc.boolean() })),
    standaloneNode: fc.option(fc.constant("node-s")),
    baseModel: fc.constant("base"),
    servingNodes: fc.nat(3),
  });

  it("never recommends what is refused or cannot gate, never takes others' servers unnamed, and explains every refusal", () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { recommended, unnamed, choices } = chooseBaseline(facts);
        expect(choices.map(({ kind }) => kind)).toEqual([...baselineKinds]);
        for (const kind of [recommended, unnamed])
          if (kind !== null)
            expect(choices.find((one) => one.kind === kind)).toMatchObject({ gates: true, refusal: null });
        expect(unnamed).not.toBe("origin");
        for (const kind of ["itself", "base"])
          expect(choices.find((one) => one.kind === kind)).toMatchObject({ gates: false });
        // whatever is missing, a pool that answers has something to offer
        if (facts.servingNodes > 0) expect(choices.some(({ refusal }) => refusal === null)).toBe(true);
        for (const { refusal } of choices) if (refusal) expect(`${refusal.message} ${refusal.fix}`).toMatch(/\. .+\.$/);
        if (recommended === null) expect(choices.filter(({ gates, refusal }) => gates && !refusal)).toEqual([]);
      }),
    );
  });
});

function fcOrigin() {
  return { name: fc.constant("o"), host: fc.constant("h"), model: fc.constant("m") };
}
