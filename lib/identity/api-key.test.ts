import { describe, expect, it } from "vitest";
import { bearerToken, generateApiKey, parseApiKey, sameHash } from "./api-key.ts";

describe("API keys", () => {
  it("are found again by their prefix and recognised by their hash alone", () => {
    const { key, prefix, hash } = generateApiKey();
    expect(parseApiKey(key)).toEqual({ prefix, hash });
    expect(key).not.toContain(hash);
    expect(sameHash(parseApiKey(`${key}x`).hash, hash)).toBe(false);
  });

  it("of any other form are found by the start of their hash", () => {
    const parsed = parseApiKey("an-operator-chosen-key-of-at-least-32-characters");
    expect(parsed.prefix).toBe(parsed.hash.slice(0, 12));
  });

  it.each([
    ["Bearer abcdefgh", "abcdefgh"],
    ["bearer   abcdefgh", "abcdefgh"],
    ["Bearer x", "x"],
    ["Basic abcdefgh", null],
    ["Bearer ", null],
    ["Bearer a b", null],
    [undefined, null],
  ])("reads %j as %j", (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });
});
