import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that PEFT wrote, as it is committed. */
export const adapterFolder = (name: string): string => `e2e/fixtures/adapters/${name}`;

/**
 * The support-bot adapter with a tokenizer.json of so many bytes: the same tokenizer behind spaces, so that it passes all
 * checks and takes several chunks to send.
 */
export function largeAdapterFolder(tokenizerBytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-large-"));
  cpSync(adapterFolder("support-bot"), folder, { recursive: true });
  const text = readFileSync(join(folder, "tokenizer.json"), "utf8").trimEnd();
  writeFileSync(join(folder, "tokenizer.json"), text + " ".repeat(tokenizerBytes - Buffer.byteLength(text)));
  return folder;
}

/** The support-bot adapter with a pickle in it. */
export function pickledAdapterFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-pickle-"));
  cpSync(adapterFolder("support-bot"), folder, { recursive: true });
  writeFileSync(join(folder, "adapter_model.bin"), "not weights");
  return folder;
}

/** The billing-helper adapter as a trainer left it, under another name of its base. No two have the same bytes. */
export function trainerFolder(baseName: string): string {
  const folder = mkdtempSync(join(tmpdir(), "switchyard-trained-"));
  cpSync(adapterFolder("billing-helper"), folder, { recursive: true });
  const path = join(folder, "adapter_config.json");
  const config = { ...JSON.parse(readFileSync(path, "utf8")), base_model_name_or_path: baseName };
  writeFileSync(path, JSON.stringify({ ...config, lora_dropout: Math.random() / 10 }));
  mkdirSync(join(folder, "checkpoint-10"));
  for (const name of ["training_args.bin", "optimizer.pt", "checkpoint-10/adapter_model.bin"])
    writeFileSync(join(folder, name), "what a trainer keeps for itself");
  return folder;
}

/** SHA-256 (hex) of each file by name. */
export const digestsOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder).map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(join(folder, name)))
        .digest("hex"),
    ]),
  );
