import { expect, it } from "vitest";
import { jobStatus } from "./job-progress.tsx";

const NONE = { pending: 0, running: 0, succeeded: 0, failed: 0, skipped: 0 };

it.each([
  ["all done", { succeeded: 3 }, "completed"],
  ["some failed", { succeeded: 2, failed: 1 }, "completed_partly"],
  ["none succeeded", { failed: 2, skipped: 1 }, "failed"],
] as const)("%s", (_name, counts, status) => {
  expect(jobStatus({ state: "completed", counts: { ...NONE, ...counts } })).toBe(status);
});
