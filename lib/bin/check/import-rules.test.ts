import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../launch/root.ts";
import { checkImportRules } from "./import-rules.ts";
import { listCodeFiles, walkCodeFiles } from "./list-files.ts";

let root: string;
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "switchyard-rules-"));
  write("package.json", JSON.stringify({ imports: { "#lib/*": "./lib/*", "#components/*": "./components/*" } }));
  write("lib/platform/log.ts", "export const log = 1;\nexport type Log = typeof log;");
  write("lib/fleet/schema.ts", 'import * as z from "zod";\nexport const Node = z.object({});');
  write("lib/fleet/store.ts", 'import pg from "pg";\nexport const rows = pg;');
  write("lib/planner/size.ts", "export const size = (now: Date) => now;");
  write("components/ui/button.tsx", "export const Button = () => <button />;");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const check = (edges: string[] = []) => {
  const { violations, problems } = checkImportRules(root, new Set(edges));
  return { found: violations.map(({ rule, path, message }) => `${rule} ${path}: ${message}`), problems };
};

type Plant = [name: string, path: string, text: string, expected: string];

const PLANTS: Plant[] = [
  [
    "a room that imports a later one",
    "lib/fleet/up.ts",
    'import { size } from "#lib/planner/size.ts"; export const x = size;',
    "1 lib/fleet/up.ts: room fleet may not import lib/planner/size.ts",
  ],
  [
    "a folder that imports a later one of its room, also by type only",
    "lib/registry/artifacts/file.ts",
    'import type { Draft } from "../intake/draft.ts"; export type X = Draft;',
    "1 lib/registry/artifacts/file.ts: artifacts may not import lib/registry/intake/draft.ts, which comes later in registry",
  ],
  [
    "a file at the top of a room that imports a folder",
    "lib/registry/found.ts",
    'export type { Draft } from "./intake/draft.ts";',
    "1 lib/registry/found.ts: found.ts may not import lib/registry/intake/draft.ts, which comes later in registry",
  ],
  [
    "a folder without a place in the order of its room",
    "lib/registry/anything/x.ts",
    "export {};",
    "1 lib/registry/anything/x.ts: anything has no place in the order of registry",
  ],
  [
    "the simulator using more of a room than its schema",
    "lib/sim/node.ts",
    'export * from "#lib/fleet/schema.ts";',
    "1 lib/sim/node.ts: room sim may not import lib/fleet/schema.ts",
  ],
  [
    "vllm leaning on another room than platform, also by type only",
    "lib/vllm/client.ts",
    'import type { Node } from "#lib/fleet/schema.ts"; export type X = Node;',
    "1 lib/vllm/client.ts: room vllm may not import lib/fleet/schema.ts",
  ],
  [
    "somebody importing the gateway",
    "app/page.tsx",
    'import { decide } from "#lib/gateway/decide.ts"; export default decide;',
    "1 app/page.tsx: app may not import lib/gateway/decide.ts",
  ],
  [
    "the product using a test's tools",
    "lib/fleet/loop.ts",
    'export * from "#lib/platform/testing/clock.ts";',
    "1 lib/fleet/loop.ts: the product imports lib/platform/testing/clock.ts, which is for tests",
  ],
  [
    "a pure file that reads a file",
    "lib/evals/score.ts",
    'import { readFileSync } from "node:fs"; export const x = readFileSync;',
    "2 lib/evals/score.ts: a pure file imports node:fs",
  ],
  [
    "a pure file that reads the clock",
    "lib/evals/score.ts",
    "export const age = () => Date.now();",
    "2 lib/evals/score.ts: a pure file uses Date.now: take it as an argument",
  ],
  [
    "a pure file that throws dice",
    "lib/evals/score.ts",
    'import { randomInt } from "node:crypto"; export const x = randomInt(6);',
    "2 lib/evals/score.ts: a pure file takes chance from randomInt",
  ],
  [
    "the database outside a store",
    "lib/fleet/list-nodes.ts",
    'import type { Ctx } from "#lib/identity/ctx.ts"; import pg from "pg"; export const f = (ctx: Ctx) => [ctx, pg];',
    "3 lib/fleet/list-nodes.ts: pg belongs in store.ts, lib/platform and prisma only",
  ],
  [
    "a chart outside its folder, in a .tsx",
    "components/nodes/chart.tsx",
    'import { Line } from "recharts"; export const C = () => <Line />;',
    "3 components/nodes/chart.tsx: recharts belongs in components/charts only",
  ],
  [
    "the web framework in a room",
    "lib/fleet/routes.ts",
    'import { headers } from "next/headers"; export const x = headers;',
    "3 lib/fleet/routes.ts: next/headers belongs in app, components, lib/api and proxy.ts only",
  ],
  [
    "server code in a component",
    "components/nodes/list.tsx",
    'import { rows } from "#lib/fleet/store.ts"; export const L = () => <p>{String(rows)}</p>;',
    "4 components/nodes/list.tsx: browser code imports lib/fleet/store.ts",
  ],
  [
    "server code that a client page reaches through another file",
    "app/client.tsx",
    '"use client"; import { read } from "./read.ts"; export default () => <p>{read()}</p>;',
    "4 app/read.ts: browser code imports node:fs",
  ],
  [
    "one feature in another",
    "components/nodes/row.tsx",
    'import { T } from "#components/tenants/t.tsx"; export const R = () => <T />;',
    "5 components/nodes/row.tsx: components/nodes may not import components/tenants",
  ],
  [
    "a circle",
    "lib/planner/a.ts",
    'import { b } from "./b.ts"; export const a = () => b;',
    "5 lib/planner/a.ts: imports go round in a circle: lib/planner/a.ts, lib/planner/b.ts",
  ],
  [
    "a folder for everything",
    "lib/planner/utils/x.ts",
    "export {};",
    "5 lib/planner/utils/x.ts: name the folder after what it holds",
  ],
  [
    "a long file",
    "lib/planner/long.ts",
    "export {};\n".repeat(401),
    "6 lib/planner/long.ts: 401 lines; 400 is the limit",
  ],
  [
    "a long function",
    "lib/planner/long.ts",
    `export function far() {${"\n".repeat(60)}}`,
    "6 lib/planner/long.ts: far has 61 lines; 60 is the limit",
  ],
  ["any", "lib/planner/x.ts", "export const x: any = 1;", "6 lib/planner/x.ts: any is not allowed"],
  [
    "a non-null assertion",
    "components/nodes/x.tsx",
    "export const x = (y?: string) => <p>{y!}</p>;",
    "6 components/nodes/x.tsx: ! is not allowed",
  ],
  [
    "the environment",
    "lib/planner/x.ts",
    "export const x = process.env.X;",
    "6 lib/planner/x.ts: process.env is not allowed",
  ],
  [
    "two queries at once on the one connection of a transaction",
    "lib/fleet/load-store.ts",
    "export const both = (a: Promise<number>, b: Promise<number>) => Promise.all([a, b]);",
    "6 lib/fleet/load-store.ts: a transaction has one connection: await one query after the other, no Promise.all",
  ],
];

/** Files some of the plants need; none breaks a rule alone. */
const writeNeighbours = () => {
  write("lib/gateway/decide.ts", "export const decide = 1;");
  write("lib/platform/testing/clock.ts", "export const clock = 1;");
  write("lib/identity/ctx.ts", "export type Ctx = object;");
  write("app/read.ts", 'import { readFileSync } from "node:fs"; export const read = () => String(readFileSync);');
  write("lib/registry/intake/draft.ts", "export type Draft = object;");
  write("components/tenants/t.tsx", "export const T = () => <p />;");
  write("lib/planner/b.ts", 'import { a } from "./a.ts"; export const b = () => a;');
};

describe("import rules", () => {
  it("say nothing about a clean tree", () => {
    expect(check()).toEqual({ found: [], problems: [] });
  });

  it.each(PLANTS)("find %s", (_, path, text, expected) => {
    writeNeighbours();
    write(path, text);
    expect(check().found).toEqual([expected]);
  });

  it("cover every rule of the design, one of them in a .tsx", () => {
    expect([...new Set(PLANTS.map(([, , , expected]) => expected[0]))].toSorted()).toEqual([
      "1",
      "2",
      "3",
      "4",
      "5",
      "6",
    ]);
    expect(PLANTS.some(([, path]) => path.endsWith(".tsx"))).toBe(true);
  });
});

describe("what the rules leave free", () => {
  it.each<[string, string, string]>([
    [
      "type-only imports in browser code",
      "components/nodes/a.tsx",
      'import type { rows } from "#lib/fleet/store.ts"; export type X = typeof rows;',
    ],
    ["a wire schema in browser code", "components/nodes/a.tsx", 'export { Node } from "#lib/fleet/schema.ts";'],
    ["shared components", "components/nodes/a.tsx", 'export { Button } from "#components/ui/button.tsx";'],
    [
      "a fetch that was passed in",
      "lib/evals/run.ts",
      "export const run = (fetch: (url: string) => void) => fetch('x');",
    ],
    [
      "hashes, checksums and paths",
      "lib/evals/digest.ts",
      'export { createHash } from "node:crypto"; export { crc32 } from "node:zlib"; export { join } from "node:path";',
    ],
    [
      "waiting for several things that are no queries",
      "lib/fleet/many.ts",
      "export const all = (some: Promise<number>[]) => Promise.all(some);",
    ],
    [
      "a test that reaches anywhere",
      "lib/fleet/x.test.ts",
      'import { size } from "#lib/planner/size.ts"; import pg from "pg"; export { pg, size };',
    ],
  ])("%s", (_, path, text) => {
    write(path, text);
    expect(check()).toEqual({ found: [], problems: [] });
  });

  it("a folder that imports an earlier one of its room, its schema and browser code", () => {
    for (const path of ["scoring/a.ts", "schema.ts", "browser/a.ts"]) write(`lib/evals/${path}`, "export {};");
    write(
      "lib/evals/suites/a.ts",
      'export * from "../scoring/a.ts"; export * from "../schema.ts"; export * from "../browser/a.ts";',
    );
    expect(check()).toEqual({ found: [], problems: [] });
  });

  it("a declared edge", () => {
    write("lib/registry/files.ts", 'export { readFile } from "node:fs/promises";');
    expect(check().found).toHaveLength(1);
    expect(check(["lib/registry/files.ts"])).toEqual({ found: [], problems: [] });
  });
});

describe("faults of the check itself", () => {
  it("an import that leads nowhere", () => {
    write("lib/planner/x.ts", 'export * from "./gone.ts";');
    expect(check().problems).toEqual(["lib/planner/x.ts:1 imports ./gone.ts, which does not exist"]);
  });

  it("a file that does not parse", () => {
    write("lib/planner/x.tsx", "export const = ;");
    expect(() => check()).toThrow(/lib\/planner\/x\.tsx/);
  });

  it("an exception for a file that is gone", () => {
    expect(check(["lib/registry/gone.ts"]).problems).toEqual([
      "edges.ts names lib/registry/gone.ts, which does not exist",
    ]);
  });
});

describe("listing files", () => {
  it("takes what git tracks or would track, and the same from the folders where there is no git", () => {
    write(".gitignore", "node_modules/\nprisma/generated/\n*.tsbuildinfo\n");
    for (const path of ["node_modules/a/x.ts", "components/node_modules/x.ts", "prisma/generated/client.ts"])
      write(path, "");
    const walked = listCodeFiles(root);
    expect(walked.source).toBe("folders");
    expect(walked.files).toContain("lib/fleet/store.ts");
    expect(walked.files.filter((path) => /node_modules|generated/.test(path))).toEqual([]);
    const hasGit = spawnSync("git", ["init", "--quiet", root]).status === 0;
    expect(listCodeFiles(root)).toEqual({ files: walked.files, source: hasGit ? "git" : "folders" });
  });

  it("finds the same files of this project without git", () => {
    expect(walkCodeFiles(ROOT)).toEqual(listCodeFiles(ROOT).files);
  });
});
