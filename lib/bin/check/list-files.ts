import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const CODE = /\.(ts|tsx|mjs)$/;

export type FileList = { files: string[]; source: "git" | "folders" };

const git = (root: string, args: readonly string[], wanted: RegExp): string[] =>
  execFileSync("git", ["ls-files", "-z", ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
  })
    .split("\0")
    .filter((path) => wanted.test(path));

/** A line of .gitignore as this project writes them: `folder/`, `path/to/folder/`, `*.suffix` or a file's name. */
const isIgnoredBy = (rule: string, path: string, isFolder: boolean): boolean => {
  if (rule.startsWith("*")) return path.endsWith(rule.slice(1));
  const name = rule.replace(/^\//, "").replace(/\/$/, "");
  if (rule.endsWith("/") && !isFolder) return false;
  return path === name || (!name.includes("/") && path.endsWith(`/${name}`));
};

/** The same files without git: everything below `root` but what .gitignore names. */
export function walkCodeFiles(root: string, wanted = CODE): string[] {
  const rules = (existsSync(join(root, ".gitignore")) ? readFileSync(join(root, ".gitignore"), "utf8") : "")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  const below = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (path === ".git" || rules.some((rule) => isIgnoredBy(rule, path, entry.isDirectory()))) return [];
      if (entry.isDirectory()) return below(path);
      return entry.isFile() && wanted.test(path) ? [path] : [];
    });
  return below("").toSorted();
}

/**
 * Every code file of a working tree (`wanted`: or other ones) as git sees it: tracked and new ones, without what is
 * ignored or deleted. A machine without git, or an unpacked archive, lists the folders instead.
 */
export function listCodeFiles(root: string, wanted = CODE): FileList {
  try {
    const deleted = new Set(git(root, ["--deleted"], wanted));
    const listed = git(root, ["--cached", "--others", "--exclude-standard"], wanted);
    return { files: listed.filter((path) => !deleted.has(path)).toSorted(), source: "git" };
  } catch {
    return { files: walkCodeFiles(root, wanted), source: "folders" };
  }
}
