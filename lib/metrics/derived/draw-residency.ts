import type { ResidencyTier } from "../schema.ts";
import type { CacheBefore, DerivedCache } from "./derive-cache.ts";

export type Run<Value> = { is: Value; columns: number };

/** What a map is drawn from: a node's cache at the moments that are its columns. */
export type Followed = DerivedCache & {
  momentsMs: readonly number[];
  before: CacheBefore;
  maxLoras: number;
};

/** Whether nobody unseen can be left in the tiers before what happens at a moment. */
export const isExactAt = ({ before, settledMs }: Pick<Followed, "before" | "settledMs">, momentMs: number): boolean =>
  before === "empty" || (settledMs !== null && settledMs < momentMs);

/**
 * The tier of each name in each column, as the model has it.
 *
 * Both tiers are one list by recency, of which the last have the slots; so whoever was used since the list was begun
 * stands where it stands, whatever lay there before. Of who was not used yet, less is known: see `unusedTier`.
 */
export function drawTiers(followed: Followed, names: readonly string[]): Map<string, ResidencyTier[]> {
  const firstUse = new Map<string, number>();
  for (const { adapter, atMs } of followed.uses) if (!firstUse.has(adapter)) firstUse.set(adapter, atMs);
  const rows = new Map(names.map((name): [string, ResidencyTier[]] => [name, []]));
  followed.momentsMs.forEach((momentMs, column) => {
    const recency = followed.recencyAt[column] ?? [];
    const inSlots = new Set(recency.slice(-followed.maxLoras));
    const inMemory = new Set(recency);
    const isUsed = (name: string) => (firstUse.get(name) ?? Number.POSITIVE_INFINITY) < momentMs;
    const unused = unusedTier(followed, momentMs, inMemory, isUsed);
    for (const [name, tiers] of rows)
      if (!isUsed(name)) tiers.push(unused(name));
      else tiers.push(inSlots.has(name) ? "gpu" : inMemory.has(name) ? "cpu" : "absent");
  });
  return rows;
}

/**
 * Where a name lies that was not used yet. Where nothing was known at the beginning, nobody knows until the model is exact.
 * Where it is known who lay in host memory, nobody knows in which order: so not who had the slots, which matters until
 * others took them all, nor who had to go first, which matters while some of them went and some did not.
 */
function unusedTier(
  followed: Followed,
  momentMs: number,
  inMemory: ReadonlySet<string>,
  isUsed: (name: string) => boolean,
): (name: string) => ResidencyTier {
  const isExact = isExactAt(followed, momentMs);
  const { before } = followed;
  if (typeof before === "string") return () => (before === "unknown" && !isExact ? "unknown" : "absent");
  const waiting = new Set(before.filter((name) => !isUsed(name)));
  const held = [...waiting].filter((name) => inMemory.has(name)).length;
  return (name) => {
    if (!waiting.has(name) || held === 0) return "absent";
    return isExact && held === waiting.size ? "cpu" : "unknown";
  };
}

/** Equal neighbours as one. */
export function runsOf<Value>(values: readonly Value[]): Run<Value>[] {
  const runs: Run<Value>[] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last?.is === value) last.columns += 1;
    else runs.push({ is: value, columns: 1 });
  }
  return runs;
}

/** The longest in a slot first, then the longest in host memory; the order of equals is that of their names. */
export function rankByTime(rows: ReadonlyMap<string, readonly ResidencyTier[]>): string[] {
  const time = (name: string, tier: ResidencyTier) => rows.get(name)?.filter((one) => one === tier).length ?? 0;
  const weights = [...rows.keys()].map((name) => ({ name, gpu: time(name, "gpu"), cpu: time(name, "cpu") }));
  weights.sort((a, b) => b.gpu - a.gpu || b.cpu - a.cpu || (a.name < b.name ? -1 : 1));
  return weights.map(({ name }) => name);
}

/** Steps that a person can read off an axis, seconds. */
const STEPS = [10, 15, 30, 60, 120, 180, 300] as const;

/**
 * The columns of a map: steps on a grid that stays the same while the range moves, so that a map that is read again does
 * not shimmer. Each shows the end of its step.
 * @returns null when the range is too long for so many columns
 */
export function mapGrid(
  { from, to }: { from: Date; to: Date },
  maxColumns: number,
): { fromMs: number; stepSeconds: number; momentsMs: number[] } | null {
  for (const stepSeconds of STEPS) {
    const stepMs = stepSeconds * 1000;
    const fromMs = Math.floor(from.getTime() / stepMs) * stepMs;
    const count = Math.ceil((to.getTime() - fromMs) / stepMs);
    if (count > maxColumns) continue;
    const momentsMs = Array.from({ length: count }, (_, index) =>
      Math.min(fromMs + (index + 1) * stepMs, to.getTime()),
    );
    return { fromMs, stepSeconds, momentsMs };
  }
  return null;
}
