import { execFile } from "node:child_process";
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { childEnv } from "#lib/platform/env.ts";
import type { Pickle } from "./row-directories.ts";

const run = promisify(execFile);

const SAVE_PICKLED =
  "import sys, torch; from safetensors.torch import load_file; torch.save(load_file(sys.argv[1]), sys.argv[2])";

/** Writes `weights` into a directory as torch's pickle. @throws Error when Python has no torch */
export const pickleWeights =
  (python: string, weights: string): Pickle =>
  async (directory) => {
    const copy = join(directory, "copy.safetensors");
    await copyFile(weights, copy);
    await run(python, ["-c", SAVE_PICKLED, copy, join(directory, "adapter_model.bin")], { env: childEnv({}) });
    await rm(copy);
  };
