/**
 * Questions in the order they are asked: adapter by adapter as planned, so that one stays hot; and within an adapter those
 * whose length is not known as planned, then the longest first. The short ones that are left for the end keep the pause
 * short in which the last answers of one adapter are waited for.
 */
export type PromptQueue<Key> = {
  /** Whose turn it is; null = nobody is left. */
  adapter(): string | null;
  next(): Key | null;
  /** A prompt was answered, after so long. A prompt's answers are about as long in any mode and from any side. */
  learn(key: Key, latencyMs: number): void;
};

export function createPromptQueue<Key>(
  keys: readonly Key[],
  names: { adapterOf(key: Key): string; promptOf(key: Key): number },
): PromptQueue<Key> {
  const groups: { adapter: string; keys: Key[] }[] = [];
  for (const key of keys) {
    const adapter = names.adapterOf(key);
    const last = groups.at(-1);
    if (last?.adapter === adapter) last.keys.push(key);
    else groups.push({ adapter, keys: [key] });
  }
  const latencies = new Map<number, number>();
  const expected = (key: Key) => latencies.get(names.promptOf(key)) ?? Number.POSITIVE_INFINITY;
  const current = () => {
    while (groups[0]?.keys.length === 0) groups.shift();
    return groups[0] ?? null;
  };
  return {
    adapter: () => current()?.adapter ?? null,
    next() {
      const left = current()?.keys ?? [];
      const longest = { at: 0, ms: -1 };
      let at = 0;
      for (const key of left) {
        const ms = expected(key);
        if (ms > longest.ms) {
          longest.at = at;
          longest.ms = ms;
        }
        if (ms === Number.POSITIVE_INFINITY) break;
        at += 1;
      }
      return left.splice(longest.at, 1)[0] ?? null;
    },
    learn: (key, latencyMs) => void latencies.set(names.promptOf(key), latencyMs),
  };
}
