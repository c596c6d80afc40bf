/** What a job found out about one metric: one value a run, ours and, where there is one, a peer's. */
export type Measured = {
  metric: string;
  ours: readonly number[];
  /** `values` null = the peer is not here; `reason` says what would bring it. */
  peer?: { name: string; values: readonly number[] } | { name: string; values: null; reason: string };
};
