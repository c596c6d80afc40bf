import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { adapterTitle, versionTitle } from "./object-title.ts";

it("names tenant, adapter and version, so that no two of them are called the same", () => {
  const lineage = { tenantName: "Northwind", adapterSlug: "support-bot" };
  expect(adapterTitle(lineage)).toBe("Northwind · support-bot");
  expect(versionTitle({ ...lineage, number: 2 })).toBe("Northwind · support-bot v2");
});

/** Titles of dialogs that hold a version or its number, with what makes them. */
const versionTitles = (source: string): string[] =>
  [...source.replace(/notify\(\{.*/g, "").matchAll(/\btitle(?:=\{|: )[^\n]*(?:\n\s*[?:`][^\n]*)*/g)]
    .map(([text]) => text.split(/,\s+\w+: /)[0] ?? "")
    .filter((text) => /\$\{[^}]*([vV]ersion|[nN]umber)/.test(text));

it("dialogs about a version say whose it is", () => {
  const files = readdirSync("components", { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".tsx"),
  );
  const titles = files.flatMap((file) => {
    const source = readFileSync(`components/${file}`, "utf8");
    const hasDialog = /<(Dialog|ConfirmDialog|ConfirmConsequences)\b/.test(source);
    return hasDialog ? versionTitles(source).map((title) => ({ file, title })) : [];
  });
  expect(titles.length).toBeGreaterThan(4);
  expect(titles.filter(({ title }) => !/\b(version|adapter)Title\(/.test(title))).toEqual([]);
});
