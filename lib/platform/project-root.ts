import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** package.json's name: other packages' folders stand between a program's file and ours. */
const PROJECT = "switchyard";

let known: string | null = null;

/**
 * The project's top folder, the same for a bundle in `dist/`, for Next's server and for a source under tsx or vitest: a
 * bundler moves code away from the files beside it, so nothing may be found through the place of a module.
 * @throws Error when neither the program nor the working directory lies in it
 */
export function projectRoot(): string {
  known ??= [process.argv[1], `${process.cwd()}/.`].map((start) => start && rootAbove(start)).find(Boolean) || null;
  if (known === null) throw new Error("The folder of Switchyard cannot be found: start it from there.");
  return known;
}

function rootAbove(start: string): string | null {
  for (let folder = dirname(start); ; folder = dirname(folder)) {
    if (nameIn(join(folder, "package.json")) === PROJECT) return folder;
    if (folder === dirname(folder)) return null;
  }
}

const nameIn = (path: string): unknown => {
  try {
    return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).name : null;
  } catch {
    return null; // somebody's broken file above or below ours
  }
};
