import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { childEnv } from "#lib/platform/env.ts";
import { ROOT } from "../../launch/root.ts";

const run = promisify(execFile);
const SCRIPT = join(ROOT, "e2e", "fixtures", "make-peft-folders.py");

/** For each prompt the log-probabilities of the likeliest first tokens, by token id. */
const AnswersSchema = z.array(z.record(z.string(), z.number()));
export type TokenAnswers = z.infer<typeof AnswersSchema>;

const FolderSchema = z.object({
  id: z.string(),
  what: z.string(),
  /** A vLLM that serves the base must answer as transformers with PEFT does. */
  isSound: z.boolean(),
  /** As the adapter was trained. */
  answers: AnswersSchema,
});
export type PeftFolder = z.infer<typeof FolderSchema>;

const ManifestSchema = z.object({
  /** Its version. */
  peft: z.string(),
  prompts: z.array(z.string()),
  /** Asked after the prompts. */
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  base: AnswersSchema,
  folders: z.array(FolderSchema),
});
export type PeftManifest = z.infer<typeof ManifestSchema>;

/** Makes the folders in `out`, one directory an id. Takes a minute. @throws Error with what Python says */
export async function makePeftFolders(python: string, out: string): Promise<PeftManifest> {
  await run(python, ["-W", "ignore", SCRIPT, out], { env: childEnv({ HF_HUB_OFFLINE: "1" }), maxBuffer: 2 ** 24 });
  return ManifestSchema.parse(JSON.parse(await readFile(join(out, "manifest.json"), "utf8")));
}
