/** What `next build` writes when a part of it begins, in its order. */
const PARTS: readonly (readonly [said: RegExp, name: string])[] = [
  [/Creating an optimized production build/, "compiling"],
  [/Compiled successfully/, "compiled"],
  [/(Running|Finished) TypeScript|Linting|Checking validity of types/, "checking types"],
  [/Collecting page data/, "collecting page data"],
  [/Generating static pages/, "generating pages"],
  [/Finalizing page optimization|Collecting build traces/, "finishing"],
];

export type BuildProgress = {
  /** A line that the build wrote. */
  note(line: string): void;
  /** How far it is, and how long the whole takes. */
  text(): string;
};

/** @param lastSeconds how long the last build on this machine took; null = there was none */
export function createBuildProgress(lastSeconds: number | null): BuildProgress {
  let at = 0;
  return {
    note(line) {
      const found = PARTS.findLastIndex(([said]) => said.test(line));
      at = Math.max(at, found + 1);
    },
    text() {
      const part = PARTS[at - 1]?.[1] ?? "starting";
      const whole = lastSeconds === null ? "1 to 4 min the first time" : `${Math.ceil(lastSeconds)} s the last time`;
      return `part ${Math.max(1, at)} of ${PARTS.length} (${part}); ${whole}`;
    },
  };
}
