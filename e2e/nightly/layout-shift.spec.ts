import { expect, test } from "@playwright/test";
import { layoutShift, MOST_SHIFT, recordShifts } from "../support/layout-shift.ts";
import { consolePages } from "../support/pages.ts";
import { settled } from "../support/shown-page.ts";

test.use({ viewport: { width: 390, height: 844 } });

test("no page moves on a phone while it loads", async ({ page }) => {
  test.setTimeout(1_200_000);
  await recordShifts(page);
  const found: string[] = [];
  for await (const { name, path } of consolePages()) {
    await page.goto(path);
    await settled(page);
    const { score, moved } = await layoutShift(page);
    if (score > MOST_SHIFT) found.push(`${name}: ${score.toFixed(3)}: ${moved.join("; ")}`);
  }
  expect(found).toEqual([]);
});
