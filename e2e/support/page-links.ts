import type { Page } from "@playwright/test";

/** The kind of page an address leads to: ids, codes and queries left out. */
const kindOf = (href: string): string =>
  href
    .replace(/[?#].*$/, "")
    .replace(/\b[a-z]{3,4}_[0-9a-f]{8,}\b/g, "{id}")
    .replace(/^(\/help\/\w+)\/.+/, "$1/{code}");

/** Links of a page's content that lead to other pages of the console, one address a kind of page. */
export async function linksByKind(page: Page): Promise<Map<string, string>> {
  const hrefs = await page
    .locator("main a[href^='/']:not([download]):not([target])")
    .evaluateAll((links: HTMLAnchorElement[]) =>
      links.filter((link) => link.checkVisibility()).map((link) => link.getAttribute("href") ?? ""),
    );
  const here = kindOf(new URL(page.url()).pathname);
  const others = hrefs.filter((href) => !href.startsWith("/api/") && kindOf(href) !== here);
  return new Map(others.map((href) => [kindOf(href), href]));
}
