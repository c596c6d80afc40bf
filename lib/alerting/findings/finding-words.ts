import type { Pitfall } from "../browser/finding-schema.ts";

/** What each pitfall is called on screens. */
export const PITFALL_TITLES: Record<Pitfall, string> = {
  eviction_thrash: "Eviction thrash",
  rank_padding: "Rank padding",
  answer_change: "Answer change",
  cpu_starvation: "CPU cache starvation",
  mismatch: "Base or tokenizer mismatch",
  batch_composition: "Batch composition",
  missing_fallback: "Missing fallback",
};
