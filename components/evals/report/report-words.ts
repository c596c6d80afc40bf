/** Customers read in their own words (console.md, "Words the screens use"). */
export type ReportReader = "staff" | "customer";

export const WORDS = {
  staff: {
    back: "Back to the run",
    title: "Gate report",
    version: "Version",
    measured: "Compared with",
    lost: "Confirmed regressions",
    noneLost: "No prompt is confirmed lost.",
    setAside: "overrode the gate",
    sides: ["Baseline", "Candidate"],
    modesTitle: "Results by decoding mode",
    modes: ["Greedy", "Sampled"],
  },
  customer: {
    back: "Back to your versions",
    title: "Test report",
    version: "Version of your model",
    measured: "Compared with",
    lost: "Prompts with a confirmed regression",
    noneLost: "No confirmed regressions.",
    setAside: "let it go live without a passed test",
    sides: ["Before", "This version"],
    modesTitle: "Test results",
    modes: ["Likeliest answers (greedy)", "Drawn at random (sampled)"],
  },
} as const satisfies Record<ReportReader, Record<string, string | readonly [string, string]>>;

export const MODE_WORDS = { greedy: "Greedy", sampled: "Sampled" } as const;
