/** What a person at the terminal reads: plain lines with seconds, no cursor tricks, the same in a CI log. */
export type Terminal = {
  print(line: string): void;
  /**
   * Runs a step and reports how long it took; a long one is reported while it runs.
   * @param progress how far it is, in words; asked whenever it is reported. "" = nothing to say
   */
  step<T>(label: string, work: () => Promise<T>, progress?: () => string): Promise<T>;
};

const QUIET_MS = 1_500;
const REPEAT_MS = 15_000;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/**
 * @param write prints one line
 * @param now milliseconds, from any origin
 */
export function createTerminal(write: (line: string) => void, now: () => number): Terminal {
  const startedAt = now();
  const print = (line: string) => write(`${seconds(now() - startedAt).padStart(7)}  ${line}`);
  return {
    print,
    async step(label, work, progress = () => "") {
      const begunAt = now();
      const announce = () => {
        const since = now() - begunAt < 2 * QUIET_MS ? "" : seconds(now() - begunAt);
        print(`${label} … ${[since, progress()].filter((part) => part !== "").join(", ")}`.trimEnd());
      };
      let repeat: NodeJS.Timeout | undefined;
      const first = setTimeout(() => {
        announce();
        repeat = setInterval(announce, REPEAT_MS);
      }, QUIET_MS);
      try {
        const result = await work();
        print(`${label}: done in ${seconds(now() - begunAt)}`);
        return result;
      } finally {
        clearTimeout(first);
        clearInterval(repeat);
      }
    },
  };
}

/** Rows of label and value in two columns. */
export function table(rows: readonly (readonly [label: string, value: string])[]): string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${label.padEnd(width)}   ${value}`);
}
