import type { Page } from "@playwright/test";

/** What a page may move while it loads: the "good" limit of Core Web Vitals is 0.1. */
export const MOST_SHIFT = 0.05;

/** Times in ms, as Cumulative Layout Shift defines its windows. */
const LONGEST_PAUSE = 1000;
const LONGEST_WINDOW = 5000;

type Shift = { score: number; at: number; moved: string[] };

/** Records from the first paint on what moves without the reader's doing. To be called before a page is opened. */
export async function recordShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    type LayoutShift = PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
    };
    const shifts: Shift[] = [];
    const take = (entries: PerformanceEntryList) => {
      for (const entry of entries as LayoutShift[])
        if (!entry.hadRecentInput)
          shifts.push({
            score: entry.value,
            at: entry.startTime,
            moved: entry.sources.map(({ node, previousRect, currentRect }) => {
              const element = node instanceof Element ? node : (node?.parentElement ?? null);
              const text = (element?.textContent ?? "").trim().slice(0, 40);
              const place = (rect: DOMRectReadOnly) => `${Math.round(rect.y)}+${Math.round(rect.height)}`;
              return `<${element?.localName}> "${text}" ${place(previousRect)} → ${place(currentRect)}`;
            }),
          });
    };
    const observer = new PerformanceObserver((list) => take(list.getEntries()));
    observer.observe({ type: "layout-shift", buffered: true });
    Object.assign(window, {
      takeShifts: () => {
        take(observer.takeRecords());
        return shifts;
      },
    });
  });
}

/** The worst window of shifts so far, and what moved most in it. */
export async function layoutShift(page: Page): Promise<{ score: number; moved: string[] }> {
  const shifts = await page.evaluate(() => (window as unknown as { takeShifts: () => Shift[] }).takeShifts());
  return worstWindow(shifts);
}

function worstWindow(shifts: readonly Shift[]): { score: number; moved: string[] } {
  let worst: Shift[] = [];
  let current: Shift[] = [];
  const scoreOf = (window: readonly Shift[]) => window.reduce((sum, { score }) => sum + score, 0);
  for (const shift of shifts) {
    const isNew =
      shift.at - (current.at(-1)?.at ?? shift.at) > LONGEST_PAUSE ||
      shift.at - (current[0]?.at ?? shift.at) > LONGEST_WINDOW;
    current = isNew ? [shift] : [...current, shift];
    if (scoreOf(current) > scoreOf(worst)) worst = current;
  }
  const gravest = worst.toSorted((a, b) => b.score - a.score);
  return { score: scoreOf(worst), moved: gravest.flatMap(({ moved }) => moved).slice(0, 3) };
}
