import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults, ContextObject, RunOptions } from "axe-core";
import { isNightly } from "#lib/platform/nightly.ts";

/** The small one, once a look: reading a megabyte of program costs a page as much as most of its rules. */
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Only violations are put together (passed rules are most of axe's work on a large page); no page has frames. */
const OPTIONS: RunOptions = {
  runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
  resultTypes: ["violations"],
  iframes: false,
};

/** Rows of one table are alike; axe takes seconds for hundreds of them. At night it looks at all. */
const FURTHER_ROWS = "tbody > tr:nth-child(n + 6)";

/** The same beside every page: whoever looks at many pages looks at it once. At night it looks at all. */
export const SIDEBAR = "aside:has(> nav[aria-label=Main])";

/**
 * What fades in has not its own colours yet. Whoever wants less motion sees everything at once, so nothing begins to move once
 * that is asked for; what moved before is waited for, no longer than this (a spinner never ends).
 */
const REST_MS = 2_000;

/**
 * What an open page breaks of WCAG 2.2 AA, one line each.
 * @param seen selectors of what was looked at on another page
 */
export async function violations(page: Page, seen: readonly string[] = []): Promise<string[]> {
  if (!isNightly()) return analyse(page, [FURTHER_ROWS, ...seen]); // asked for less motion from the start
  await page.emulateMedia({ reducedMotion: "reduce" });
  const found = await analyse(page, []);
  await page.emulateMedia({ reducedMotion: null });
  return found;
}

async function analyse(page: Page, exclude: string[]): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(
    async ({ context, options, longestMs }) => {
      const moving = document
        .getAnimations()
        .filter(
          ({ playState, effect }) => playState === "running" && Number.isFinite(effect?.getComputedTiming().endTime),
        );
      const late = new Promise((resolve) => setTimeout(resolve, longestMs));
      await Promise.race([Promise.allSettled(moving.map((animation) => animation.finished)), late]);
      const { axe } = window as unknown as {
        axe: { run: (context: ContextObject, options: RunOptions) => Promise<AxeResults> };
      };
      const { violations: found } = await axe.run(context, options);
      return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    },
    { context: { exclude }, options: OPTIONS, longestMs: REST_MS },
  );
}
