import { lstat, mkdir, mkdtemp, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyInstallation, findInstallation, restoreLinks } from "./installation.ts";
import { canReach, tryRun } from "./run-as.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchyard-installation-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const packageWithoutLinks = async () => {
  await mkdir(join(folder, "native", "lib"), { recursive: true });
  await writeFile(join(folder, "native", "lib", "libx.so.6.1"), "");
  const links = [{ source: "native/lib/libx.so.6.1", target: "native/lib/libx.so.6" }];
  await writeFile(join(folder, "native", "pg-symlinks.json"), JSON.stringify(links));
};

describe("the binaries from npm", () => {
  it("run after an install without scripts", async () => {
    const installation = await findInstallation();
    expect(await tryRun({ kind: "self" }, join(installation.home, "bin", "postgres"))).toEqual({ ok: true });
  });

  it("get the library links that such an install left out, and twice does no harm", async () => {
    await packageWithoutLinks();
    expect(await restoreLinks(folder)).toBe(true);
    expect(await readlink(join(folder, "native", "lib", "libx.so.6"))).toBe("libx.so.6.1");
    expect(await restoreLinks(folder)).toBe(true);
  });

  it("can be copied to where every user reaches them, links included", async () => {
    const copied = await copyInstallation(await findInstallation(), folder);
    expect(await tryRun({ kind: "self" }, join(copied.home, "bin", "postgres"))).toEqual({ ok: true });
    expect((await lstat(join(copied.home, ".."))).mode & 0o777).toBe(0o755);
    expect(await copyInstallation(await findInstallation(), folder)).toEqual(copied);
  });
});

describe("canReach", () => {
  it("is false behind a folder of somebody else that is closed", async () => {
    // mkdtemp makes the folder 0700 and ours
    const stranger = (process.getuid?.() ?? 0) + 1;
    expect(await canReach(stranger, join(folder, "data"))).toBe(false);
    expect(await canReach(stranger, folder)).toBe(true);
  });
});
