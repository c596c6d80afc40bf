/** Customers read in their own words (console.md, "Words the screens use"). */
export type ReportReader = "staff" | "customer";

export const WORDS = {
  staff: {
    back: "Back to the run",
    title: "Gate report",
    version: "Version",
    measured: "Measured against",
    lost: "Confirmed regressions",
    noneLost: "No prompt is confirmed lost.",
    setAside: "set the gate aside",
    sides: ["Baseline", "Candidate"],
    modesTitle: "What both decoding modes showed",
    modes: ["Greedy", "Sampled"],
  },
  customer: {
    back: "Back to your versions",
    title: "Test report",
    version: "Version of your model",
    measured: "Compared with",
    lost: "Prompts that this version answers worse for sure",
    noneLost: "There is none.",
    setAside: "let it go live without a passed test",
    sides: ["Before", "This version"],
    modesTitle: "What the test showed",
    modes: ["Likeliest answers (greedy)", "Drawn at random (sampled)"],
  },
} as const satisfies Record<ReportReader, Record<string, string | readonly [string, string]>>;

export const MODE_WORDS = { greedy: "Greedy", sampled: "Sampled" } as const;
