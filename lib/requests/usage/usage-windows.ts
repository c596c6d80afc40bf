/** Seconds that a row of each usage table sums, the coarsest first. */
export const USAGE_STEPS = [3600, 300, 60] as const;
export type UsageStep = (typeof USAGE_STEPS)[number];

export type UsageWindow = { from: Date; to: Date };
/** A coarse step whose sums are not up to date. */
export type PendingStep = { stepSeconds: number; at: Date };

/**
 * Which table to read for which part of a range: the coarsest that answers in the steps asked for, but finer rows where a coarse
 * step lies only partly in the range or its sums are not up to date.
 * @param stepSeconds of the answer; null = the range as a whole
 */
export function planWindows(
  range: UsageWindow,
  stepSeconds: number | null,
  pending: readonly PendingStep[],
): Record<UsageStep, UsageWindow[]> {
  const windows: Record<UsageStep, UsageWindow[]> = { 3600: [], 300: [], 60: [] };
  let rest: UsageWindow[] = range.from < range.to ? [range] : [];
  for (const step of USAGE_STEPS) {
    if (step === 60) windows[60] = rest;
    else if (stepSeconds === null || stepSeconds % step === 0) {
      const open = pending
        .flatMap(({ stepSeconds: of, at }) => (of === step ? at.getTime() : []))
        .sort((a, b) => a - b);
      const split = rest.map((window) => splitWindow(window, step * 1000, open));
      windows[step] = split.flatMap(({ whole }) => whole);
      rest = split.flatMap((each) => each.rest);
    }
  }
  return windows;
}

/** @param open starts of steps that are not up to date, ascending */
function splitWindow({ from, to }: UsageWindow, stepMs: number, open: readonly number[]) {
  const [whole, rest]: [UsageWindow[], UsageWindow[]] = [[], []];
  const first = Math.ceil(from.getTime() / stepMs) * stepMs;
  const end = Math.floor(to.getTime() / stepMs) * stepMs;
  if (first >= end) return { whole, rest: [{ from, to }] };
  addWindow(rest, from.getTime(), first);
  let next = first;
  for (const at of open.filter((each) => each >= first && each < end)) {
    addWindow(whole, next, at);
    addWindow(rest, at, at + stepMs);
    next = at + stepMs;
  }
  addWindow(whole, next, end);
  addWindow(rest, end, to.getTime());
  return { whole, rest };
}

/** As a part of the last one where they touch. */
function addWindow(windows: UsageWindow[], from: number, to: number): void {
  if (from >= to) return;
  const last = windows.at(-1);
  if (last?.to.getTime() === from) last.to = new Date(to);
  else windows.push({ from: new Date(from), to: new Date(to) });
}

/** Start of the minute of a moment: the rows since then are those of whatever ended since the moment. */
export const minuteOf = (at: Date): Date => new Date(at.getTime() - (at.getTime() % 60_000));
