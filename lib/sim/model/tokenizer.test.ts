import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MODEL_DIR } from "../testing/node-fixture.ts";
import { createTokenizer } from "./tokenizer.ts";

const tokenizer = createTokenizer(JSON.parse(readFileSync(join(MODEL_DIR, "tokenizer.json"), "utf8")));

describe("createTokenizer", () => {
  it("gives the ids that Hugging Face's tokenizers 0.23.3 gives", () => {
    const ids = tokenizer.encode("The quick brown fox isn't jumping over 123456 lazy dogs — café.", true);
    expect(ids.join(" ")).toBe(
      "0 476 228 319 80 342 311 89 617 308 86 95 317 85 14 91 228 81 445 87 325 345 410 228 553 26 27 28 29 301 72 97 96 526 78 90 228 166 230 250 416 77 581 21",
    );
  });

  it("decodes what it encoded, in the normal form of the tokenizer", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(tokenizer.decode(tokenizer.encode(text, false))).toBe(text.normalize("NFC"));
      }),
    );
  });

  it("keeps special tokens whole and leaves them out on request", () => {
    const ids = tokenizer.encode("<|start_header_id|>user<|end_header_id|>", false);
    expect([ids[0], ids.at(-1)]).toEqual([2, 3]);
    expect(tokenizer.decode(ids, true)).toBe("user");
  });
});
