import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * What an open page breaks of WCAG 2.2 AA, one line each. Only violations are put together (passed rules are most of axe's
 * work on a large page), and without a second page, which only pages with frames of other origins need; we have none.
 */
export async function violations(page: Page): Promise<string[]> {
  await atRest(page);
  const axe = new AxeBuilder({ page })
    .options({ runOnly: { type: "tag", values: TAGS }, resultTypes: ["violations"] })
    .setLegacyMode(true);
  return (await axe.analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

/** What fades in has not its own colours yet; a spinner never ends and is not waited for. */
const atRest = (page: Page): Promise<unknown> =>
  page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ playState }) => playState === "running")
        .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
        .map((animation) => animation.finished),
    ).then(() => null),
  );
