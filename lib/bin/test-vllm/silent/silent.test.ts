import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "#lib/registry/schema.ts";
import { DEFAULT_ENGINE_VERSION } from "#lib/sim/engine-profile.ts";
import { ROWS } from "#lib/vllm/contract/silent/rows.ts";
import { ROOT } from "../../launch/root.ts";
import { writeAdapterDirectories } from "../adapter-directories.ts";
import { startSimulated } from "../start-simulated.ts";
import { checkRows } from "./check-rows.ts";
import { differenceOf, errorsOf, mistakeOf } from "./judge-row.ts";
import { writeRowDirectories } from "./row-directories.ts";
import { runRows, type SeenRow } from "./run-rows.ts";

/** A simulated node reads no pickles. */
const SIMULATED = ROWS.filter(({ pickled }) => !pickled);

let root: string;
let seen: ReadonlyMap<string, SeenRow>;
let findings: ReadonlyMap<string, readonly Finding[]>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "switchyard-silent-"));
  const adapters = await writeAdapterDirectories(join(root, "adapters"));
  const directories = await writeRowDirectories(join(root, "rows"), ROWS, null);
  const rows = await runRows(SIMULATED, (start) => startSimulated(start), { adapters, directories });
  seen = new Map(rows.map((row) => [row.id, row]));
  findings = await checkRows(ROWS, directories, DEFAULT_ENGINE_VERSION);
});
afterAll(() => rm(root, { recursive: true, force: true }));

it("has one id a row", () => {
  expect(new Set(ROWS.map(({ id }) => id)).size).toBe(ROWS.length);
});

describe("simulated nodes take each adapter as a real vLLM was seen to", () => {
  it.each(SIMULATED.map((row) => [row.id, row] as const))("%s", (id, row) => {
    const was = seen.get(id);
    expect(was && differenceOf(row, was)).toBeNull();
  });
});

describe("our checks refuse what is not sound, and nothing else", () => {
  it.each(ROWS.map((row) => [row.id, row] as const))("%s", (id, row) => {
    expect(mistakeOf(row, findings.get(id) ?? [])).toBeNull();
  });

  it("so nothing that an engine takes in silence reaches a node", () => {
    const silent = ROWS.filter(({ isSound, fault, expects }) => !isSound && !fault && expects.load === "accepted");
    expect(silent.length).toBeGreaterThan(20);
    expect(silent.filter(({ id }) => errorsOf(findings.get(id) ?? []).length === 0)).toEqual([]);
  });
});

describe("docs/silent-failures.md", () => {
  it("is of these rows and these checks: run npm run test:vllm after changing either", async () => {
    const page = await readFile(join(ROOT, "docs", "silent-failures.md"), "utf8");
    const lines = [...page.matchAll(/^\| `([^`]+)` \|.*\| ([^|]*) \|$/gm)];
    expect(lines.map(([, id = ""]) => id)).toEqual(ROWS.map(({ id }) => id));
    for (const [, id = "", ours = ""] of lines)
      expect([id, ours.startsWith("error")]).toEqual([id, errorsOf(findings.get(id) ?? []).length > 0]);
  });
});
