import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A standalone output lacks what Next reads next.config.mjs with: its own `server.js` passes the configuration of the build
 * on in `__NEXT_PRIVATE_STANDALONE_CONFIG`, and so do we. (Seen in 16.4.6.)
 * @param dir where the build lies @returns null for any other build, which reads its configuration itself
 */
export async function standaloneConfig(dir: string): Promise<string | null> {
  const { config } = JSON.parse(await readFile(join(dir, ".next", "required-server-files.json"), "utf8"));
  return config.output === "standalone" ? JSON.stringify(config) : null;
}
