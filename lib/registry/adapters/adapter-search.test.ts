import { describe, expect, it } from "vitest";
import { likeText, searchWords } from "./adapter-search.ts";

describe("searchWords", () => {
  it("takes words apart, and knows an id, a digest and a lora name by their looks", () => {
    const id = `adp_${"0".repeat(32)}`;
    expect(
      searchWords(`  North  orders ${id} 0a1b2c3d acme--bot--v2-0a1b2c3d4e5f sha256:ABCDEF01 v2-0a1b2c3d4e5f `),
    ).toEqual([
      { kind: "text", text: "north" },
      { kind: "text", text: "orders" },
      { kind: "id", id },
      { kind: "digest", prefix: "0a1b2c3d" },
      { kind: "lora_name", prefix: "acme--bot--v2-0a1b2c3d4e5f" },
      { kind: "digest", prefix: "abcdef01" },
      { kind: "digest", prefix: "0a1b2c3d4e5f" },
    ]);
  });

  it("takes short hex for a word", () => expect(searchWords("face")).toEqual([{ kind: "text", text: "face" }]));

  it("escapes the signs of a pattern", () => expect(likeText("50%_a\\")).toBe("50\\%\\_a\\\\"));
});
