import type { Annotation } from "#lib/metrics/schema.ts";

/** Events that share one mark on the axis, oldest first. */
export type EventGroup = { at: number; x: number; events: readonly Annotation[] };

/**
 * console.md groups marks closer than 16 px. Ours are buttons, and a target needs 24 px of its own (WCAG 2.5.8), so they
 * are grouped from there on.
 */
export const GROUP_PX = 24;

/** Places events over `width` pixels and merges neighbours. A group stands at its first event. */
export function groupAnnotations(
  annotations: readonly Annotation[],
  range: { from: number; to: number },
  width: number,
  gap = GROUP_PX,
): EventGroup[] {
  const groups: { at: number; x: number; events: Annotation[] }[] = [];
  const placed = annotations
    .map((event) => ({ event, at: Date.parse(event.at) }))
    .filter(({ at }) => at >= range.from && at <= range.to)
    .sort((a, b) => a.at - b.at);
  for (const { event, at } of placed) {
    const x = ((at - range.from) / Math.max(1, range.to - range.from)) * width;
    const last = groups.at(-1);
    if (last !== undefined && x - last.x < gap) last.events.push(event);
    else groups.push({ at, x, events: [event] });
  }
  return groups;
}

/** Events by the end of the step that they fell in, oldest first; a table has a row for each step. */
export function eventsByRow(
  annotations: readonly Annotation[],
  { from, to, stepMs }: { from: number; to: number; stepMs: number },
): ReadonlyMap<number, readonly Annotation[]> {
  const rows = new Map<number, Annotation[]>();
  for (const event of [...annotations].sort((a, b) => a.at.localeCompare(b.at))) {
    const at = Date.parse(event.at);
    if (at < from || at > to) continue;
    const end = from + Math.max(1, Math.ceil((at - from) / stepMs)) * stepMs;
    rows.set(end, [...(rows.get(end) ?? []), event]);
  }
  return rows;
}
