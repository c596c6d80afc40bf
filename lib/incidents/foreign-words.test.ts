import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_TEXTS } from "./browser/incident-kinds.ts";
import { foreignWords, type KnownName, namesOfAddress } from "./foreign-words.ts";
import { renderText, unfilledPlaceholders, unknownPlaceholders } from "./render-text.ts";

const tenant = (text: string): KnownName => ({ text, what: "tenant" });
const wordsIn = (text: string, own: string[], ...others: string[]) =>
  foreignWords(text, own, others.map(tenant)).map(({ word }) => word);

describe("names of others in a text", () => {
  it.each([
    ["Globex was slow.", ["Globex"]],
    ["globex, too", ["Globex"]],
    ["GLOBEX", ["Globex"]],
    ["(globex)", ["Globex"]],
    ["see globex-eu", ["Globex"]],
    ["globexes", []],
    ["myglobex", []],
    ["globex2", []],
    ["Acme Inc. is well", []],
  ])("%s", (text, expected) => {
    expect(wordsIn(text, ["Acme Inc.", "acme"], "Globex")).toEqual(expected);
  });

  it("take gaps, composed letters and ends of lines for what they read as", () => {
    expect(wordsIn("the Zwei\n  Werke were down", ["acme"], "Zwei Werke")).toEqual(["Zwei Werke"]);
    expect(wordsIn("Cafe\u0301 Noir", ["acme"], "Caf\u00e9 Noir")).toEqual(["Caf\u00e9 Noir"]);
    expect(wordsIn("caf\u00e9s", ["acme"], "cafe")).toEqual([]);
    expect(wordsIn("see \u{1d54f}y", ["acme"], "xy")).toEqual(["xy"]);
  });

  it("leave a customer their own name, also where another's is a part of it, and not the other way round", () => {
    expect(wordsIn("acme-eu is back", ["acme-eu"], "acme")).toEqual([]);
    expect(wordsIn("acme-eu is back, and acme", ["acme-eu"], "acme")).toEqual(["acme"]);
    expect(wordsIn("acme-eu-west is back", ["acme-eu"], "acme-eu-west")).toEqual(["acme-eu-west"]);
    expect(wordsIn("Shared is back", ["Shared"], "Shared")).toEqual([]);
  });

  it("find nodes and where they are reached, however that is written", () => {
    const address = namesOfAddress("http://10.0.0.7:8000").map((text) => ({ text, what: "address" as const }));
    const known: KnownName[] = [{ text: "node-1", what: "node" }, ...address];
    const found = (text: string) => foreignWords(text, ["acme"], known).length > 0;
    expect(found("node-1 was restarted")).toBe(true);
    expect(found("node-12 was restarted")).toBe(false);
    expect(found("http://10.0.0.7:8000/v1 failed")).toBe(true);
    expect(found("the host 10.0.0.7 failed")).toBe(true);
    expect(found("110.0.0.7 requests")).toBe(false);
    expect(namesOfAddress("no address")).toEqual(["no address"]);
  });

  const name = fc.stringMatching(/^[a-z][a-z0-9]{1,9}(-[a-z0-9]{1,6})?$/);
  const gap = fc.constantFrom(" ", "\n", ", ", ". ", " (", "/", "…", "“");
  it("are found wherever they stand as a word, and nowhere else", () => {
    fc.assert(
      fc.property(name, name, fc.array(fc.tuple(name, gap)), gap, gap, (own, other, around, before, after) => {
        fc.pre(own !== other && !own.includes(other));
        const rest = around.map(([word, space]) => word + space).join("");
        const plain = `${rest} ${own} `;
        const parts = new Set(plain.split(/[^a-z0-9-]+/));
        // names with a hyphen are found inside longer ones, too; only plain texts are told apart here
        if (![...parts].some((part) => part.includes(other))) expect(wordsIn(plain, [own], other)).toEqual([]);
        expect(wordsIn(`${plain}${before}${other.toUpperCase()}${after}${rest}`, [own], other)).toEqual([other]);
        expect(wordsIn(`${own}${before}${own}`, [own], other)).toEqual([]);
      }),
    );
  });

  it("never throw, whatever stands in a text", () => {
    const any = fc.string({ unit: "binary", maxLength: 80 });
    fc.assert(
      fc.property(any, fc.array(any, { maxLength: 2 }), fc.array(any, { maxLength: 4 }), (text, own, others) => {
        const faults = foreignWords(text, own, others.map(tenant));
        expect(faults.length).toBeLessThanOrEqual(others.length);
      }),
    );
  });
});

describe("a customer's text", () => {
  const now = new Date("2026-11-25T12:30:00Z");
  const facts = { tenantName: "Acme", startedAt: new Date("2026-11-25T12:05:00Z"), endedAt: null, now };

  it("has its placeholders filled in, with what is not known said to be unknown", () => {
    const template = "{tenant}: {start} to {end}, {requests} requests in {minutes} minutes, {other}";
    expect(renderText(template, { ...facts, requests: 7, minutes: null })).toBe(
      "Acme: 12:05 UTC to now, 7 requests in an unknown number of minutes, {other}",
    );
    expect(unknownPlaceholders(template)).toMatchObject([
      { word: "{other}", fix: expect.stringContaining("{tenant}") },
    ]);
    expect(unknownPlaceholders("{tenant} { tenant } {}")).toEqual([]);
  });

  it.each(Object.entries(DEFAULT_TEXTS))("begins with a text that stands by itself: %s", (_status, template) => {
    expect(unknownPlaceholders(template)).toEqual([]);
    const text = renderText(template, { ...facts, requests: null, minutes: null });
    expect(text).not.toMatch(/[{}]/);
  });

  it("is filled in once: a name in braces stays a name", () => {
    const tenantName = "{requests} Ltd";
    const text = renderText("To {tenant}", { ...facts, tenantName, requests: 7, minutes: 1 });
    expect(text).toBe("To {requests} Ltd");
    expect(unfilledPlaceholders(text, [tenantName])).toEqual([]);
    expect(unfilledPlaceholders(text, ["Acme"])).toMatchObject([{ word: "{requests}" }]);
    expect(unfilledPlaceholders('{"a": 1} {x}', ["Acme"])).toEqual([]);
  });
});
