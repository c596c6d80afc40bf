import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** Words of a button that acts; a link says where it leads. */
const ACTS = /^(See|Go there|Run|Start|Load|Promote|Roll back|Pause|Resume|Retire|Revoke|Decide|Move in)\b/;
/** The text of every link that is written out in a component. */
const linkTexts = (source: string): string[] =>
  [...source.matchAll(/<(?:LinkButton|TextLink)\b(?:[^>]|=>)*?>\s*([A-Z][^<{]*)</g)].map(([, text]) =>
    (text ?? "").trim(),
  );

it("no link is called like a button that acts: it names its destination", () => {
  const files = readdirSync("components", { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".tsx"),
  );
  const texts = files.flatMap((file) =>
    linkTexts(readFileSync(`components/${file}`, "utf8")).map((text) => ({ file, text })),
  );
  expect(texts.length).toBeGreaterThan(50);
  expect(texts.filter(({ text }) => ACTS.test(text))).toEqual([]);
});
