/** Customers read in their own words (console.md, "Words the screens use"). */
export type ReportReader = "staff" | "customer";

export const WORDS = {
  staff: { back: "Back to the run", title: "Gate report", version: "Version", measured: "Measured against" },
  customer: {
    back: "Back to your versions",
    title: "Test report",
    version: "Version of your model",
    measured: "Compared with",
  },
} as const satisfies Record<ReportReader, Record<string, string>>;

export const MODE_WORDS = { greedy: "Greedy", sampled: "Sampled" } as const;
