import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GuardError, guardCompletion, guardLoad, guardUnload, isVersionedName } from "./lora-guard.ts";

const BASE = "meta-llama/Llama-3.1-8B-Instruct";
const bases = new Set([BASE, "odd--base--v1-0123456789ab"]);
const good = { loraName: "acme--support-bot--v3-0123456789ab", path: "/data/acme--support-bot/0123456789ab" };
const reasonOf = (call: () => void) => {
  try {
    call();
    return "sent";
  } catch (error) {
    return error instanceof GuardError ? error.reason : error;
  }
};

describe("guardLoad", () => {
  it("lets a version's name and its path through", () => {
    expect(reasonOf(() => guardLoad(good, bases))).toBe("sent");
  });

  it.each([
    ["comma_in_name", { loraName: "acme--bot--v1-0123456789ab,x" }],
    ["name_is_base_model", { loraName: BASE }],
    ["name_is_base_model", { loraName: "odd--base--v1-0123456789ab" }],
    ["name_not_versioned", { loraName: "support-bot" }],
    ["name_not_versioned", { loraName: "" }],
    ["name_not_versioned", { loraName: "acme--bot--v0-0123456789ab" }],
    ["name_not_versioned", { loraName: "Acme--bot--v1-0123456789ab" }],
    ["name_not_versioned", { loraName: "acme--bot--v1-0123456789ab\n" }],
    ["path_not_absolute", { path: "someone/adapter" }],
    ["path_not_absolute", { path: "~/adapter" }],
    ["path_not_absolute", { path: "" }],
    ["path_not_plain", { path: "/data/../etc" }],
    ["path_not_plain", { path: "/data/a\0b" }],
    ["load_inplace", { load_inplace: true }],
    ["load_inplace", { load_inplace: false }],
  ])("refuses %s: %j", (reason, change) => {
    expect(reasonOf(() => guardLoad({ ...good, ...change }, bases))).toBe(reason);
  });

  it("takes the names that the registry makes, whatever the slugs", () => {
    const slug = fc.stringMatching(/^[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}$/);
    const digest = fc.stringMatching(/^[0-9a-f]{12}$/);
    fc.assert(
      fc.property(slug, slug, fc.integer({ min: 1, max: 10_000 }), digest, (tenant, adapter, number, digest12) => {
        expect(isVersionedName(`${tenant}--${adapter}--v${number}-${digest12}`)).toBe(true);
      }),
    );
  });
});

describe("the other guards", () => {
  it("never unload the base model", () => {
    expect(reasonOf(() => guardUnload(BASE, bases))).toBe("name_is_base_model");
    expect(reasonOf(() => guardUnload("a stranger, loaded by hand", bases))).toBe("sent");
  });

  it("never ask for echo with log-probabilities, which ends a busy CPU engine", () => {
    expect(reasonOf(() => guardCompletion({ echo: true, logprobs: 0 }))).toBe("echo_with_logprobs");
    expect(reasonOf(() => guardCompletion({ echo: true, logprobs: null }))).toBe("sent");
    expect(reasonOf(() => guardCompletion({ logprobs: 5 }))).toBe("sent");
  });
});
