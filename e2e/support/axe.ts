import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { isNightly } from "#lib/platform/nightly.ts";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Rows of one table are alike; axe takes seconds for hundreds of them. At night it looks at all. */
const FURTHER_ROWS = "tbody > tr:nth-child(n + 9)";

/**
 * What an open page breaks of WCAG 2.2 AA, one line each. Only violations are put together (passed rules are most of axe's
 * work on a large page), and without a second page, which only pages with frames of other origins need; we have none.
 */
export async function violations(page: Page): Promise<string[]> {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await atRest(page);
  const axe = new AxeBuilder({ page })
    .options({ runOnly: { type: "tag", values: TAGS }, resultTypes: ["violations"] })
    .setLegacyMode(true);
  if (!isNightly() && (await page.locator(FURTHER_ROWS).count()) > 0) axe.exclude(FURTHER_ROWS);
  const { violations: found } = await axe.analyze();
  await page.emulateMedia({ reducedMotion: null });
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

/**
 * What fades in has not its own colours yet. Whoever wants less motion sees everything at once, so nothing begins to move once
 * that is asked for; what moved before is waited for, no longer than this (a spinner never ends).
 */
const REST_MS = 2_000;
const atRest = (page: Page): Promise<unknown> =>
  page.evaluate((longestMs) => {
    const moving = document
      .getAnimations()
      .filter(
        ({ playState, effect }) => playState === "running" && Number.isFinite(effect?.getComputedTiming().endTime),
      );
    const late = new Promise((resolve) => setTimeout(resolve, longestMs));
    return Promise.race([Promise.allSettled(moving.map((animation) => animation.finished)), late]).then(() => null);
  }, REST_MS);
