export type Parts = {
  /** Runs a part and keeps how long it took, also when it fails. */
  time<T>(name: string, part: () => Promise<T>): Promise<T>;
  /** Such as "checks 52 s, tests 401 s, 453 s in all". */
  summary(): string;
};

/** @param now milliseconds of a clock that only goes forward */
export function timeParts(now: () => number = () => performance.now()): Parts {
  const taken: { name: string; seconds: number }[] = [];
  return {
    async time(name, part) {
      const startedAt = now();
      try {
        return await part();
      } finally {
        taken.push({ name, seconds: (now() - startedAt) / 1000 });
      }
    },
    summary() {
      const total = taken.reduce((sum, { seconds }) => sum + seconds, 0);
      const parts = taken.map(({ name, seconds }) => `${name} ${seconds.toFixed(0)} s`);
      return [...parts, `${total.toFixed(0)} s in all`].join(", ");
    },
  };
}
