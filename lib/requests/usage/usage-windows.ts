/** Seconds that a summed row covers, the coarsest first. Minutes, as gateways report them, are below all of them. */
export type SummedStep = 86_400 | 3600 | 300 | 60;

export type UsageWindow = { from: Date; to: Date };
/** A coarse step whose sums are not up to date. */
export type PendingStep = { stepSeconds: number; at: Date };

/** Which sums to read for which part of a range; `minutes`: the parts for which gateways' own rows are read. */
export type WindowPlan<Step> = { summed: { step: Step; windows: UsageWindow[] }[]; minutes: UsageWindow[] };

/**
 * Reads the coarsest sums that answer in the steps asked for, but finer rows where a coarse step lies only partly in the range
 * or its sums are not up to date.
 * @param stepSeconds of the answer; null = the range as a whole
 * @param steps for which there are sums, the coarsest first
 */
export function planWindows<Step extends SummedStep>(
  range: UsageWindow,
  stepSeconds: number | null,
  pending: readonly PendingStep[],
  steps: readonly Step[],
): WindowPlan<Step> {
  const summed: WindowPlan<Step>["summed"] = [];
  let rest: UsageWindow[] = range.from < range.to ? [range] : [];
  for (const step of steps) {
    if (stepSeconds !== null && stepSeconds % step !== 0) continue;
    const open = pending.flatMap(({ stepSeconds: of, at }) => (of === step ? at.getTime() : [])).sort((a, b) => a - b);
    const split = rest.map((window) => splitWindow(window, step * 1000, open));
    const windows = split.flatMap(({ whole }) => whole);
    if (windows.length > 0) summed.push({ step, windows });
    rest = split.flatMap((each) => each.rest);
  }
  return { summed, minutes: rest };
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
