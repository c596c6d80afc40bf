import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Slug } from "../schema.ts";
import { slugFrom } from "./slug.ts";

/** Any UTF-16, broken pairs included. */
const wild = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 80 })
  .map((codes) => String.fromCharCode(...codes));

describe("slugFrom", () => {
  it.each([
    ["Ümlaut", "uemlaut"],
    ["Straße", "strasse"],
    ["Café Zoë", "cafe-zoe"],
    ["Łódź", "lodz"],
    ["Ærø Håndværk", "aero-handvaerk"],
    ["Müller & Söhne GmbH", "mueller-and-soehne-gmbh"],
    ["ﬁnance", "finance"],
    ["Компания", "kompaniya"],
    ["iPhoneStore", "iphonestore"],
    ["Llama 3.1 8B, rank 16", "llama-3-1-8b-rank-16"],
    ["a--b", "a-b"],
    ["株式会社", null],
    ["x", null],
  ])("%j is %j", (name, slug) => {
    expect(slugFrom(name)).toBe(slug);
  });

  it("is a slug that the API takes, or nothing, and leaves a slug as it is", () => {
    fc.assert(
      fc.property(wild, (name) => {
        const slug = slugFrom(name);
        if (slug === null) return;
        expect(Slug.safeParse(slug).success).toBe(true);
        expect(slugFrom(slug)).toBe(slug);
      }),
    );
  });
});
