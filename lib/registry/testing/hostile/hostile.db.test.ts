import { link, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError } from "#lib/api/client.ts";
import { FINDING_CODES } from "../../browser/finding-codes.ts";
import type { Version } from "../../schema.ts";
import { codesOf, createIntakeBench, errorsOf, type IntakeBench } from "../intake-bench.ts";
import { CONFIG, GOOD, type HostileFolder, sizeOf, WEIGHTS } from "./hostile-folder.ts";
import { HOSTILE_FOLDERS } from "./hostile-folders.ts";
import { isWritable, writeFolder } from "./write-folder.ts";

let bench: IntakeBench;
let adapterId: string;
beforeAll(async () => {
  bench = await createIntakeBench();
  adapterId = (await bench.freshAdapter()).adapter.id;
});
afterAll(() => bench.close());

type Answer = { status: number; codes: string[]; version: Version | null };

/** What the API answers, as one thing: an accepted or rejected version, or a refusal. */
async function answerOf(call: Promise<Version>): Promise<Answer> {
  try {
    const version = await call;
    return { status: 201, codes: codesOf(version), version };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { status, errors } = error.problem;
    return { status, codes: errors.map(({ code }) => code), version: null };
  }
}

const importFrom = (path: string): Promise<Answer> =>
  answerOf(
    bench.api.admin.call("POST /adapters/{adapterId}/versions/from-path", { params: { adapterId }, body: { path } }),
  );
const place = async (name: string, files: ReturnType<HostileFolder["files"]>): Promise<string> => {
  const directory = join(bench.imports, name.replace(/[^a-z0-9]+/gi, "-"));
  await writeFolder(directory, files);
  return directory;
};

const isError = (code: string): boolean => FINDING_CODES[code as keyof typeof FINDING_CODES]?.[1] === "error";
/** The first folder of each set of codes: the table over all of them runs without a database. */
const ONE_OF_EACH = [
  ...new Map(
    HOSTILE_FOLDERS.filter(({ pool, contract, codes }) => !(pool || contract || codes.length === 0))
      .toReversed()
      .map((folder) => [folder.codes.join(), folder]),
  ).values(),
].filter(({ files }) => isWritable(files()));
/** What the database or its driver could choke on. */
const BYTES_THAT_HURT = HOSTILE_FOLDERS.filter(({ name }) =>
  /^(a NUL in|half a surrogate pair in|a base's name of)/.test(name),
);

describe("a hostile folder through the API", () => {
  const folders = [...new Set([...ONE_OF_EACH, ...BYTES_THAT_HURT.filter(({ files }) => isWritable(files()))])];

  it.each(folders.map((folder) => [folder.name, folder] as const))(
    "%s gets its codes",
    async (name, { files, codes }) => {
      const { status, codes: found, version } = await importFrom(await place(name, files()));
      expect(status).toBeLessThan(500);
      expect(found).toEqual(expect.arrayContaining([...codes]));
      if (version === null) return expect(status).toBe(422);
      expect(version.state).toBe(codes.some(isError) ? "rejected" : "ready");
      // the pool has no node: its release is unknown, so patterns are refused as well
      const isExpected = (code: string | null | undefined) =>
        code === "rank_pattern" || codes.some((expected) => expected === code);
      expect(errorsOf(version).filter(([code]) => !isExpected(code))).toEqual([]);
    },
  );

  it.each(HOSTILE_FOLDERS.filter(({ files }) => !isWritable(files())).map((folder) => [folder.name, folder] as const))(
    "%s is refused as a list of files",
    async (_name, { files, codes }) => {
      const list = [...files()].map(([path, file]) => ({ path, sizeBytes: sizeOf(file) }));
      const call = bench.api.admin.call("POST /adapters/{adapterId}/versions", {
        params: { adapterId },
        body: { files: list },
      });
      const answer = await answerOf(call);
      expect(answer.status).toBe(422);
      // What no text column holds, and what is too long, already stops at the request's own schema.
      const isJudged = list.every(({ path }) => path.length <= 200 && !/[\0\p{Cs}]/u.test(path));
      expect(answer.codes.some((code) => codes.some((expected) => expected === code))).toBe(isJudged);
    },
  );
});

describe("what only a file system can hold", () => {
  const rest = [...GOOD].filter(([path]) => path !== WEIGHTS);

  it("a link for the weights is refused, wherever it leads", async () => {
    for (const [name, target] of [
      ["to a file", "/etc/passwd"],
      ["to nothing", "/no/such/file"],
      ["to itself", join(bench.imports, "link-to-itself", WEIGHTS)],
      ["to a device", "/dev/zero"],
    ] as const) {
      const directory = await place(`link ${name}`, new Map(rest));
      await symlink(target, join(directory, WEIGHTS));
      expect([name, await importFrom(directory)]).toMatchObject([name, { status: 422, codes: ["link_refused"] }]);
    }
  });

  it("a link beside a sound adapter is refused too", async () => {
    const directory = await place("link beside", GOOD);
    await symlink("/etc", join(directory, "extra"));
    expect(await importFrom(directory)).toMatchObject({ status: 422, codes: ["link_refused"] });
  });

  it("a folder reached through a link is refused", async () => {
    await symlink(await place("real", GOOD), join(bench.imports, "linked"));
    expect(await importFrom(join(bench.imports, "linked"))).toMatchObject({ status: 422, codes: ["link_refused"] });
  });

  it("a folder called like the weights is no weights", async () => {
    const directory = await place("folder as weights", new Map(rest));
    await mkdir(join(directory, WEIGHTS));
    expect(await importFrom(directory)).toMatchObject({ status: 422, codes: ["missing_file"] });
  });

  it("a second name for a file outside the folder is copied, not followed later", async () => {
    const outside = join(bench.imports, "outside.json");
    await writeFile(outside, GOOD.get(CONFIG) ?? "");
    const directory = await place("hard link", new Map([...GOOD].filter(([path]) => path !== CONFIG)));
    await link(outside, join(directory, CONFIG));
    const { version } = await importFrom(directory);
    await writeFile(outside, "{}");
    expect(version?.state).toBe("ready");
    expect(await bench.loadable(version?.id ?? "")).not.toBeNull();
  });
});

describe("after all of them", () => {
  it("nothing is on its way, and the store holds what was accepted and nothing else", async () => {
    expect(await bench.incoming()).toEqual([]);
    const versions = (await bench.api.admin.call("GET /versions", { query: { adapterId, limit: 200 } })).items;
    const accepted = new Set(
      versions.filter(({ state }) => state === "ready").map(({ digest }) => digest?.slice(0, 12)),
    );
    const owners = (await readdir(bench.api.deps.adapterStore)).filter((name) => !name.startsWith("."));
    const stored = await Promise.all(owners.map((name) => readdir(join(bench.api.deps.adapterStore, name))));
    expect(new Set(stored.flat())).toEqual(accepted);
    expect(versions.filter(({ state }) => state !== "ready" && state !== "rejected")).toEqual([]);
  });
});
