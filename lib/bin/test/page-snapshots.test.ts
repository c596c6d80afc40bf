import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pageSnapshots, snapshotIn } from "./page-snapshots.ts";

const report = (snapshot: string) => `# Error details\n\n\`\`\`yaml\n${snapshot}\n\`\`\`\n\n# Test source\n`;

it("shows what each failed browser test had before it", async () => {
  const root = await mkdtemp(join(tmpdir(), "results-"));
  for (const [name, text] of [
    ["b", report('- heading "Sign in"')],
    ["a", "# Error details\n\nno page\n"],
  ] as const) {
    await mkdir(join(root, "test-results", name), { recursive: true });
    await writeFile(join(root, "test-results", name, "error-context.md"), text);
  }
  expect(await pageSnapshots(root)).toEqual([
    expect.stringMatching(/a\/error-context.md:\nno snapshot: the page no longer answered$/),
    expect.stringMatching(/b\/error-context.md:\n- heading "Sign in"$/),
  ]);
});

it("cuts a page that is long", () => {
  const lines = snapshotIn(report(Array.from({ length: 500 }, (_, line) => `- text ${line}`).join("\n"))).split("\n");
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([201, "- text 0", "…"]);
});
