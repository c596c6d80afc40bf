import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkDirectory } from "#lib/registry/contract/check-directory.ts";
import { STANDARD_START } from "#lib/vllm/contract/point.ts";
import { ROOT } from "../../launch/root.ts";
import type { Counts } from "../../test/count-results.ts";
import type { AdapterDirectories } from "../adapter-directories.ts";
import { nodeUnderTest } from "../node-under-test.ts";
import { runId } from "../run-groups.ts";
import { startVllm, type VllmInstall } from "../start-vllm.ts";
import { tinyPool } from "./check-rows.ts";
import { agrees, type JudgedFolder, judgeFolder, type SeenFolder } from "./judge-peft.ts";
import { makePeftFolders, type PeftManifest } from "./peft-manifest.ts";
import { renderPeftFolders } from "./peft-page.ts";
import { askAll, runPeftFolders } from "./run-peft.ts";

type Options = { root: string; adapters: AdapterDirectories; version: string; print: (line: string) => void };

/**
 * Makes folders with PEFT, loads each into a real engine, runs our own checks on the same folders, and writes
 * `docs/peft-folders.md`. Each folder is one test: engine, generator and checks must agree whether it is sound.
 * @param root a directory of the caller's @throws Error when a folder cannot be made or the engine does not start
 */
export async function testPeftFolders(install: VllmInstall, options: Options): Promise<Counts> {
  const { root, version, print } = options;
  const manifest = await makePeftFolders(install.python, root);
  const seen = await askEngine(install, options, manifest);
  const folders = await judgeAll(root, manifest, seen, version);
  for (const folder of folders) if (folder.mistake !== null) print(`  FAILED ${folder.id}: ${mistakeText(folder)}`);
  const path = join("docs", "peft-folders.md");
  const date = new Date().toISOString().slice(0, 10);
  await writeFile(join(ROOT, path), renderPeftFolders({ folders, version, peft: manifest.peft, date }));
  const count = (kind: JudgedFolder["mistake"]) => folders.filter(({ mistake }) => mistake === kind).length;
  const sound = folders.filter(({ isSound }) => isSound).length;
  print(
    `  ${sound} sound and ${folders.length - sound} unsound folders of PEFT ${manifest.peft}: ` +
      `${count("false refusal")} false refusals, ${count("false acceptance")} false acceptances`,
  );
  print(`Wrote ${path}`);
  const passed = count(null);
  return { passed, failed: folders.length - passed, skipped: 0 };
}

/** One engine for all folders. @throws Error when its base does not answer as the generator's */
async function askEngine(
  install: VllmInstall,
  { root, adapters }: Options,
  manifest: PeftManifest,
): Promise<SeenFolder[]> {
  const engine = await startVllm(install, STANDARD_START);
  try {
    const under = await nodeUnderTest(engine, adapters, true);
    const run = runId();
    const node = { ...under, start: STANDARD_START, name: (label: string) => `peft--${run}--${label}` };
    const base = await askAll(node, node.baseModel, manifest);
    if (!agrees(manifest.base, base))
      throw new Error(
        `The engine's base answers otherwise than transformers: ${JSON.stringify([manifest.base, base])}`,
      );
    return await runPeftFolders(node, root, manifest);
  } finally {
    await engine.stop();
  }
}

async function judgeAll(
  root: string,
  manifest: PeftManifest,
  seen: readonly SeenFolder[],
  version: string,
): Promise<JudgedFolder[]> {
  const pool = await tinyPool(version);
  const judged: JudgedFolder[] = [];
  for (const folder of manifest.folders) {
    const was = seen.find(({ id }) => id === folder.id);
    if (was === undefined) throw new Error(`${folder.id} was not run`);
    judged.push(judgeFolder(folder, was, await checkDirectory(join(root, folder.id), pool)));
  }
  return judged;
}

function mistakeText({ mistake, isSound, isRight, seen, findings, answers }: JudgedFolder): string {
  const codes = findings.filter(({ severity }) => severity === "error").map(({ code }) => code);
  const engine = isRight ? "right" : seen.status === 200 ? "wrong" : `refused: ${seen.message}`;
  return [
    `${mistake}; made ${isSound ? "sound" : "unsound"}; the engine: ${engine}; our errors: ${codes.join(", ") || "none"}`,
    ...(mistake === "made otherwise" ? [JSON.stringify({ expected: answers, seen: seen.answers })] : []),
  ].join("\n    ");
}
