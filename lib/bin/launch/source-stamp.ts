import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "#lib/platform/system-code.ts";

/** Everything a production build is made from. */
const SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "prisma/schema",
  "next.config.mjs",
  "package-lock.json",
  "package.json",
  "postcss.config.mjs",
  "proxy.ts",
  "tsconfig.json",
];

const isBuilt = (path: string): boolean => !/\.test\.tsx?$|\.md$|^public\/openapi\.json$|(^|\/)testing\//.test(path);

const filesBelow = async (root: string, path: string): Promise<string[]> => {
  let entries: { name: string; isDirectory(): boolean; isFile(): boolean }[];
  try {
    entries = await readdir(join(root, path), { withFileTypes: true });
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOTDIR") return [path];
    if (code === "ENOENT") return [];
    throw error;
  }
  const below = entries.map((entry) => {
    const child = `${path}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, child) : Promise.resolve(entry.isFile() ? [child] : []);
  });
  return (await Promise.all(below)).flat();
};

/** SHA-256 over the names and contents of all sources: the same sources give the same stamp on every machine. */
export async function sourceStamp(root: string): Promise<string> {
  const lists = await Promise.all(SOURCES.map((path) => filesBelow(root, path)));
  const files = lists.flat().filter(isBuilt).toSorted();
  const hash = createHash("sha256");
  for (const file of files) {
    const content = await readFile(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}
