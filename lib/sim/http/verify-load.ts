import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { HttpError } from "./reply.ts";

const FOLDER_NAME = /^[a-z0-9][a-z0-9-]{0,199}$/;
const DIGEST_NAME = /^[0-9a-f]{12,64}$/;

/**
 * What Switchyard's plugin does before vLLM reads an adapter: below SWITCHYARD_ADAPTER_DIR a directory must have the digest
 * that its name begins with. A simulated node verifies and never fetches, as a node without SWITCHYARD_URL.
 * @returns the digest; null for a path elsewhere, which is none of the plugin's business
 * @throws HttpError with the plugin's words
 */
export async function verifyLoad(adapterDir: string, path: string): Promise<string | null> {
  const below = relative(resolve(adapterDir), resolve(path));
  if (below === ".." || below.startsWith("../")) return null;
  const [folder, wanted, ...rest] = below.split("/");
  if (!FOLDER_NAME.test(folder ?? "") || !DIGEST_NAME.test(wanted ?? "") || rest.length > 0)
    throw refusal("path_refused", "the path is not <folder>/<digest> below the adapter directory", 400);
  const digest = await digestOnDisk(path);
  if (digest === null)
    throw refusal("not_configured", "it has to be fetched, but SWITCHYARD_URL or the node's key is missing", 500);
  if (!digest.startsWith(wanted ?? ""))
    throw refusal("digest_mismatch", `what stands in ${wanted} has the digest ${digest.slice(0, 12)}`, 400);
  return digest;
}

const refusal = (word: string, message: string, status: 400 | 500) =>
  new HttpError(status, status === 400 ? "BadRequestError" : "InternalServerError", `switchyard_${word}: ${message}.`);

/** SHA-256 over one line a file, sorted by name; null = there is nothing, or it cannot be read. */
async function digestOnDisk(directory: string): Promise<string | null> {
  try {
    const names = (await readdir(directory)).sort();
    const lines = await Promise.all(
      names.map(async (name) => {
        const bytes = await readFile(join(directory, name));
        return `${createHash("sha256").update(bytes).digest("hex")}  ${bytes.byteLength}  ${name}\n`;
      }),
    );
    return lines.length === 0 ? null : createHash("sha256").update(lines.join("")).digest("hex");
  } catch {
    return null;
  }
}
