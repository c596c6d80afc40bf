/** What a page says about one code. */
export type CheckText = {
  /** The rule, as a heading. */
  title: string;
  /** What is known once the check has answered. */
  proves: string;
  /** What vLLM, or whoever opens the file, would do. */
  why: string;
  /** null where there is nothing to mend. */
  fix: string | null;
};
