import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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
