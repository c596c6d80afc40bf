import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkDirectory } from "#lib/registry/contract/check-directory.ts";
import { DEFAULT_ENGINE_VERSION } from "#lib/sim/engine-profile.ts";
import { withFile } from "#lib/vllm/contract/change-adapter.ts";
import { ROOT } from "../../launch/root.ts";
import { tinyPool } from "./check-rows.ts";
import { findingsText } from "./peft-page.ts";
import { readSound, writeFiles } from "./row-directories.ts";
import { PEFT_TWINS } from "./testing/peft-twins.ts";

type Kind = keyof typeof PEFT_TWINS;
const KINDS: readonly Kind[] = ["sound", "unsound"];
const idsOf = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, id = ""]) => id);

let page: string;
let generator: string;
/** By the page's last column, the folders of a kind in their order. */
const rowsOf = (kind: Kind): [id: string, ours: string][] =>
  [...(page.split(/^## /m)[KINDS.indexOf(kind) + 1] ?? "").matchAll(/^\| `([^`]+)` \|.*\| ([^|]*) \|$/gm)].map(
    ([, id = "", ours = ""]) => [id, ours],
  );
/** A number of the page's first table. */
const count = (label: string): number => Number(page.split(`| ${label} | `)[1]?.split(" |")[0] ?? Number.NaN);

beforeAll(async () => {
  page = await readFile(join(ROOT, "docs", "peft-folders.md"), "utf8");
  generator = await readFile(join(ROOT, "e2e", "fixtures", "peft_folders.py"), "utf8");
});

describe("docs/peft-folders.md", () => {
  it("was written by a run without a false refusal or a false acceptance", () => {
    expect(count("… refused by Switchyard (false refusals)")).toBe(0);
    expect(count("… accepted by Switchyard (false acceptances)")).toBe(0);
    expect(count("… answered rightly")).toBe(count("sound"));
    expect(rowsOf("sound").filter(([, ours]) => !ours.startsWith("passes"))).toEqual([]);
    expect(rowsOf("unsound").filter(([, ours]) => !ours.startsWith("error"))).toEqual([]);
  });

  it("is of the generator's folders, at least thirty of each kind: run npm run test:vllm after changing them", () => {
    const [sound = "", unsound = ""] = generator.split(/^SOUND = \[$/m)[1]?.split(/^UNSOUND = \[$/m) ?? [];
    const made = {
      sound: idsOf(sound, /^ {4}Folder\(\s*"([^"]+)"/gm),
      unsound: idsOf(unsound, /^ {4}Folder\(\s*"([^"]+)"/gm),
    };
    for (const kind of KINDS) {
      expect(made[kind].length).toBeGreaterThanOrEqual(30);
      expect(rowsOf(kind).map(([id]) => id)).toEqual(made[kind]);
      expect(count(kind)).toBe(made[kind].length);
      expect(Object.keys(PEFT_TWINS[kind])).toEqual(made[kind]);
    }
  });
});

describe("our checks say of the same folders, written without Python, what the page has", () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "switchyard-peft-"));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it.each(KINDS)("%s", async (kind) => {
    const sound = await readSound();
    const pool = await tinyPool(DEFAULT_ENGINE_VERSION);
    const said: [string, string][] = [];
    for (const [id, twin] of Object.entries(PEFT_TWINS[kind])) {
      const directory = join(root, id);
      await writeFiles(directory, withFile(twin(sound), "README.md", "PEFT writes a model card."));
      said.push([id, findingsText(await checkDirectory(directory, pool))]);
    }
    expect(said).toEqual(rowsOf(kind));
  });
});
