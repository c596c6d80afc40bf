import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createBuildProgress } from "./build-progress.ts";
import { createTerminal } from "./terminal.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("names the part that the build is at, and never goes back", () => {
  const { note, text } = createBuildProgress(null);
  expect(text()).toBe("part 1 of 6 (starting); 1 to 4 min the first time");
  note("   Creating an optimized production build ...");
  note(" ✓ Compiled successfully in 31.2s");
  note("   Generating static pages using 1 worker (0/62)");
  note("   a warning about Compiled successfully");
  expect(text()).toBe("part 5 of 6 (generating pages); 1 to 4 min the first time");
});

it("is said while a long build runs, with what the last one took", async () => {
  const lines: string[] = [];
  const terminal = createTerminal(
    (line) => lines.push(line.trim()),
    () => Date.now(),
  );
  const progress = createBuildProgress(83.4);
  const step = terminal.step(
    "building",
    () => new Promise<void>((resolve) => setTimeout(resolve, 20_000)),
    progress.text,
  );
  await vi.advanceTimersByTimeAsync(10_000);
  progress.note("Collecting page data ...");
  await vi.advanceTimersByTimeAsync(10_000);
  await step;
  expect(lines).toEqual([
    "1.5 s  building … part 1 of 6 (starting); 84 s the last time",
    "16.5 s  building … 16.5 s, part 4 of 6 (collecting page data); 84 s the last time",
    "20.0 s  building: done in 20.0 s",
  ]);
});
