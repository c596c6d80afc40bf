import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Point } from "#lib/vllm/contract/point.ts";
import { POINTS } from "#lib/vllm/contract/points.ts";
import type { PointResult } from "#lib/vllm/contract/run-points.ts";
import { ROOT } from "../launch/root.ts";
import { renderCompatibility } from "./compatibility-page.ts";

const point = (id: string): Point => ({
  id,
  section: "1.2",
  says: "A | B.",
  check: async () => ({}),
  expects: { status: 200 },
});

const render = (real: PointResult[], simulated: PointResult[]) =>
  renderCompatibility({
    points: [point("one"), point("two")],
    vllm: { version: "0.32.0", results: real, trace: null },
    simulated: { version: "0.32.0", results: simulated, trace: null },
    date: "2026-11-24",
    engine: "Real: a tiny one.",
  });

describe("renderCompatibility", () => {
  const passed = (id: string): PointResult => ({ id, outcome: "passed", seen: { status: 200 } });
  const failed: PointResult = {
    id: "two",
    outcome: "failed",
    seen: { status: 500 },
    expected: { status: 200 },
    differing: ["status"],
  };

  it("says once what both showed", () => {
    const page = render([passed("one"), passed("two")], [passed("one"), passed("two")]);
    expect(page).toContain("| `one` | A \\| B. | yes | yes | status 200 |");
    expect(page).toContain("| points passed | 2 | 2 |");
  });

  it("shows both where they differ, and what was left out", () => {
    const leftOut: PointResult = { id: "one", outcome: "left_out", reason: "needs a key" };
    const page = render([leftOut, passed("two")], [passed("one"), failed]);
    expect(page).toContain("| `one` | A \\| B. | left out: needs a key | yes | status 200 |");
    expect(page).toContain("| yes | **no**: status | vLLM: status 200; simulated: status 500 |");
    expect(page).toContain("| points failed | 0 | 1 |");
  });
});

it("docs/vllm-compatibility.md is of this suite: run npm run test:vllm after changing a point", async () => {
  const page = await readFile(join(ROOT, "docs", "vllm-compatibility.md"), "utf8");
  const listed = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, id = ""]) => id);
  expect(listed.toSorted()).toEqual(POINTS.map(({ id }) => id).toSorted());
});
