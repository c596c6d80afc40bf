/** Where a label wants to stand, from the top, in pixels. */
export type WantedLabel = { key: string; y: number };

/**
 * Spreads labels so that none overlaps: each keeps its order, moves as little as it must, and stays inside the height.
 * With less room than labels they stand as close as the room allows.
 */
export function placeLabels(wanted: readonly WantedLabel[], height: number, gap: number): ReadonlyMap<string, number> {
  const sorted = [...wanted].sort((a, b) => a.y - b.y || (a.key < b.key ? -1 : 1));
  const pitch = sorted.length > 1 ? Math.min(gap, height / (sorted.length - 1)) : gap;
  const placed: number[] = [];
  for (const { y } of sorted) placed.push(Math.max(y, (placed.at(-1) ?? -pitch) + pitch));
  let floor = height;
  for (let index = placed.length - 1; index >= 0; index -= 1) {
    placed[index] = Math.min(placed[index] ?? 0, floor);
    floor = (placed[index] ?? 0) - pitch;
  }
  return new Map(sorted.map(({ key }, index) => [key, Math.max(0, placed[index] ?? 0)]));
}
