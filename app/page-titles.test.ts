import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { namedParams, PAGE_TITLES, type PageRoute, titleOf } from "./page-titles.ts";

/** "(console)/tenants/[tenantId]/page.tsx" is "/tenants/[tenantId]". */
const routeOf = (file: string): string => `/${file.replace(/\([^)]+\)\//g, "").replace(/\/?page\.tsx$/, "")}`;
const FILES = readdirSync("app", { recursive: true, encoding: "utf8" }).filter((file) => /(^|\/)page\.tsx$/.test(file));
const ROUTES = Object.keys(PAGE_TITLES) as PageRoute[];
const paramsOf = (route: string): string[] => [...route.matchAll(/\[(\w+)\]/g)].map(([, param]) => param ?? "");

/** Two objects of each kind; all that lies above the page's own object is the same. */
const titlesOf = (route: PageRoute): string[] => {
  const own = paramsOf(route).at(-1);
  const names = (object: string) =>
    Object.fromEntries(namedParams(route).map((param) => [param, `${param} ${param === own ? object : "same"}`]));
  return own === undefined
    ? [titleOf(route, names("same"))]
    : [titleOf(route, names("one")), titleOf(route, names("two"))];
};

describe("page titles", () => {
  it("has one for every page route, and none for a page that is gone", () => {
    expect(FILES.map(routeOf).sort()).toEqual([...ROUTES].sort());
  });

  it("never gives two pages of different objects the same title", () => {
    const shown = ROUTES.filter((route) => route !== "/versions/[versionId]") // leads on to the version's report
      .flatMap((route) => titlesOf(route).map((title) => ({ route, title })));
    const seen = new Map<string, string>();
    const twice = shown.filter(({ route, title }) => {
      const other = seen.get(title);
      seen.set(title, route);
      return other !== undefined;
    });
    expect(twice).toEqual([]);
  });

  it.each(FILES)("app/%s takes its title from here", (file) => {
    expect(readFileSync(`app/${file}`, "utf8")).toMatch(
      new RegExp(`title(?:d|Of)\\("${routeOf(file).replace(/[[\]]/g, "\\$&")}"`),
    );
  });

  it("names tenant, version and tab, and says so when there is no such object", () => {
    const route = "/adapters/[adapterId]/versions/[versionId]/gate";
    expect(titleOf(route, { versionId: "Northwind · support-bot v2" })).toBe("Northwind · support-bot v2 · Gate");
    expect(titleOf(route, { versionId: null })).toBe("Not found · Gate");
  });
});
