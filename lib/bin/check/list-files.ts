import { execFileSync } from "node:child_process";

const CODE = /\.(ts|tsx|mjs)$/;

const git = (root: string, args: readonly string[]): string[] =>
  execFileSync("git", ["ls-files", "-z", ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
  })
    .split("\0")
    .filter((path) => CODE.test(path));

/**
 * Every code file of a working tree as git sees it: tracked and new ones, without what is ignored or deleted.
 * @throws Error when `root` is not inside a git work tree: then nothing could prove that all files were read
 */
export function listCodeFiles(root: string): string[] {
  const deleted = new Set(git(root, ["--deleted"]));
  return git(root, ["--cached", "--others", "--exclude-standard"])
    .filter((path) => !deleted.has(path))
    .toSorted();
}
