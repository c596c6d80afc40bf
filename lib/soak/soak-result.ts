export type SoakOptions = {
  seed: number;
  /** 1 = the counts and minutes of a whole run; tests use about 0.01. */
  scale: number;
  /** Progress, for people. */
  log(line: string): void;
};

/** `faults` holds what must not be, a line each; none = success. */
export type SoakResult = { summary: string; faults: string[] };
