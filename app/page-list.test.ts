import { expect, it } from "vitest";
import { consolePagesOf, type PageIds, portalPagesOf, UNLISTED_PAGES } from "../e2e/support/page-list.ts";
import { PAGE_TITLES } from "./page-titles.ts";

const VERSION = { adapter: "id", version: "id" };
const IDS: PageIds = {
  ...{ tenant: "id", onboarding: "id", atOrigin: "id", compared: "id", draftImport: "id", suite: "id", prompt: "id" },
  ...{ cutover: "id", batch: "id", job: "id", pool: "id", node: "id", request: "id", incident: "id" },
  ...{ run: { ...VERSION, id: "id", tenant: "id" }, rejected: VERSION, draft: VERSION },
};
/** The most specific first, as Next takes them: /tenants/import is no tenant. */
const ROUTES = Object.keys(PAGE_TITLES).sort((a, b) => a.split("[").length - b.split("[").length);
const routeOf = (path: string): string =>
  ROUTES.find((route) => new RegExp(`^${route.replace(/\[\w+\]/g, "[^/]+")}$`).test(path.replace(/\?.*/, ""))) ?? path;

it("browser tests look at every page: the list has its route, or says who looks at it instead", () => {
  const pages = [...consolePagesOf(IDS), ...portalPagesOf({ request: "id", version: "id" })];
  const listed = new Set(pages.map(({ path }) => routeOf(path)));
  expect([...listed, ...Object.keys(UNLISTED_PAGES)].sort()).toEqual([...ROUTES].sort());
});
