import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measurementsOf } from "#lib/metrics/measurement.ts";
import { inlineMarkdown, quoteMarkdown } from "./escape-markdown.ts";
import { type ReviewFacts, writeReview } from "./write-review.ts";

/** What a reader of Markdown shows of escaped text. */
const read = (markdown: string): string => markdown.replace(/\\([!-/:-@[-`{-~])/g, "$1");
/** Marks that no backslash stands before. */
const bare = (markdown: string): string => markdown.replace(/\\[!-/:-@[-`{-~]/g, "x");
const onOneLine = (text: string): string =>
  text
    .split(/\r\n|[\n\r\u2028\u2029\v\f]/)
    .map((line) => line.trim())
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();

describe("people's words in Markdown", () => {
  it.each([
    ["# no heading", "\\# no heading"],
    ["- no list", "\\- no list"],
    ["1. no list", "1\\. no list"],
    ["a|b", "a\\|b"],
    ["<script>x</script>", "\\<script\\>x\\</script\\>"],
    ["[x](javascript:1)", "\\[x\\](javascript:1)"],
    ["`code` *b* _i_ ~s~", "\\`code\\` \\*b\\* \\_i\\_ \\~s\\~"],
    ["https://a.b", "https\\://a.b"],
    ["www.a.b", "www\\.a.b"],
    ["---", "\\---"],
    ["===", "\\==="],
    ["&lt;", "\\&lt;"],
    ["two\nlines", "two lines"],
    ["    four", "four"],
    ["12.5 % of 3 - 1", "12\\.5 % of 3 - 1"],
  ])("%s", (text, expected) => {
    expect(inlineMarkdown(text)).toBe(expected);
  });

  const words = fc.string({ unit: fc.constantFrom(..."ab1 .)-+=*_#>|[]()<>!`~&\\\n\r\t:/w$%{}") });

  it("read as they were written, on one line, and hold no mark of their own", () => {
    fc.assert(
      fc.property(fc.oneof(words, fc.string({ unit: "grapheme" })), (text) => {
        const inline = inlineMarkdown(text);
        expect(read(inline)).toBe(onOneLine(text));
        expect(bare(inline)).not.toMatch(/[\\`*_[\]<>#|~&!{}$]|:\/\/|^[-+=]|^\d+[.)]/);
        expect(inline).not.toMatch(/[\n\r]/);
      }),
    );
  });

  it("stay a quotation, line by line", () => {
    expect(quoteMarkdown("one\ntwo\n\n# three\\")).toBe("> one\\\n> two\n>\n> \\# three\\\\");
    fc.assert(
      fc.property(words, (text) => {
        for (const line of quoteMarkdown(text).split("\n")) expect(line).toMatch(/^>/);
      }),
    );
  });
});

const at = new Date("2026-11-25T12:00:00Z");
const make = measurementsOf({ simulated: true, asOf: at });
const facts = (change: Partial<ReviewFacts>): ReviewFacts => ({
  id: "inc_1",
  title: "On fallback: Acme",
  severity: "major",
  isFinal: true,
  startedAt: at,
  endedAt: new Date("2026-11-25T12:20:00Z"),
  poolName: null,
  tenantNames: ["Acme", "Glo|bex"],
  createdBy: "Switchyard",
  heldBy: null,
  alerts: [],
  review: { cause: "A node fell.", done: "It was restarted.", actions: "" },
  impact: {
    from: at.toISOString(),
    to: "2026-11-25T12:20:00.000Z",
    countedAt: "2026-11-25T13:00:00.000Z",
    items: [
      {
        ...{ tenantId: "ten_1", tenantName: "Acme", note: null },
        ...{ failed: make(3, "count"), fallbacks: make(4, "count") },
        ...{ requests: make(7, "count"), minutes: make(2, "min") },
      },
      {
        ...{ tenantId: "ten_2", tenantName: "Glo|bex", note: "Nothing is on record." },
        ...{ failed: make(null, "count"), fallbacks: make(null, "count") },
        ...{ requests: make(null, "count"), minutes: make(null, "min") },
      },
    ],
    tenants: { ...make(1, "count"), coverage: { seen: 1, of: 2 } },
    requests: { ...make(7, "count"), coverage: { seen: 1, of: 2 } },
    minutes: { ...make(2, "min"), coverage: { seen: 1, of: 2 } },
  },
  timeline: [
    {
      ...{ id: "ine_1", at: at.toISOString(), kind: "note", title: "Note" },
      ...{ text: "line\n# two", by: "ann@example.com", href: null },
    },
  ],
  published: [],
  ...change,
});

describe("a review", () => {
  it("has its facts, its figures with their source, and says what is unknown", () => {
    const text = writeReview(facts({}));
    expect(text).toContain("# On fallback: Acme");
    expect(text).toContain("- Lasted: 20 min");
    expect(text).toContain("| Acme | 3 (measured, simulated) | 4 (measured, simulated) | 7 (measured, simulated) |");
    expect(text).toContain("| Glo\\|bex | unknown | unknown | unknown | unknown |");
    expect(text).toContain("Requests hit: 7 (measured, simulated, 1 of 2 tenants)");
    expect(text).toContain("- 2026-11-25 12:00 UTC Note by ann@example.com: line \\# two");
    expect(text).toContain("## Open actions\n\nNone.");
  });

  it("has the same headings and rows whatever people wrote in it", () => {
    const any = fc.string({ unit: fc.constantFrom(..."a #|\n->`*[]\\") });
    const shape = (text: string) => text.split("\n").filter((line) => /^(#|\||- )/.test(line)).length;
    const plain = shape(writeReview(facts({})));
    fc.assert(
      fc.property(any, any, (one, other) => {
        const [note] = facts({}).timeline;
        if (!note) throw new Error("no note");
        const review = { cause: one, done: other, actions: `x${one}` };
        const text = writeReview(facts({ title: `t${one}`, review, timeline: [{ ...note, title: other, text: one }] }));
        expect(shape(text)).toBe(plain);
      }),
    );
  });
});
