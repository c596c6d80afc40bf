import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** Words of a button that acts; a link says where it leads. */
const ACTS = /^(See|Go there|Run|Start|Load|Promote|Roll back|Pause|Resume|Retire|Revoke|Decide|Move in)\b/;
/** The text of every link that is written out: plain, or one of two texts. */
const linkTexts = (source: string): string[] =>
  [...source.matchAll(/<(LinkButton|TextLink)\b(?:[^>]|=>)*?(?<!=)>([\s\S]*?)<\/\1>/g)].flatMap(
    ([, , content = ""]) => [
      ...[...content.matchAll(/^\s*([A-Z][^<{]*)/g)].map(([, text = ""]) => text.trim()),
      ...[...content.matchAll(/\?\s*"([^"]+)"\s*:\s*"([^"]+)"/g)].flatMap(([, one = "", other = ""]) => [one, other]),
    ],
  );

it("reads plain texts and both of two, whatever stands in the tag", () => {
  const source = `<TextLink href={to(() => 1)}>\n  Open gate\n</TextLink> <LinkButton>{is ? "Run it" : "Open it"}</LinkButton>`;
  expect(linkTexts(source)).toEqual(["Open gate", "Run it", "Open it"]);
});

it("no link is called like a button that acts: it names its destination", () => {
  const texts = ["components", "app"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".tsx"))
      .flatMap((file) => linkTexts(readFileSync(`${folder}/${file}`, "utf8")).map((text) => ({ folder, file, text }))),
  );
  expect(texts.filter(({ folder }) => folder === "components").length).toBeGreaterThan(50);
  expect(texts.filter(({ folder }) => folder === "app").length).toBeGreaterThan(0);
  expect(texts.filter(({ text }) => ACTS.test(text))).toEqual([]);
});
