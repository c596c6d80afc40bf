import { createRequire } from "node:module";
import { join } from "node:path";
import { CACHE, fetchDebian, fetchFromNpm, firstLine, firstOf, present } from "../gateway/peer-programs.ts";

/** What is measured beside us; null = it is not here. */
export type ScrapePeers = {
  parse: ((text: string) => unknown) | null;
  copyFrom: ((statement: string) => NodeJS.WritableStream) | null;
  /** Programs. */
  prometheus: string | null;
  victoria: string | null;
};

const NPM = [
  { name: "parser", spec: "parse-prometheus-text-format@1.1.1", module: "parse-prometheus-text-format" },
  { name: "copy", spec: "pg-copy-streams@7.0.0", module: "pg-copy-streams" },
] as const;

/** @param fetch brings what is missing: two npm packages, and two of Debian's without installing them */
export async function findScrapePeers(fetch: boolean, say: (line: string) => void): Promise<ScrapePeers> {
  const debian = join(CACHE, "debian");
  const tell = (name: string) => (error: unknown) => say(`${name} could not be fetched: ${firstLine(error)}`);
  const program = (name: string) => firstOf(name, [join(debian, "usr", "bin")]);
  for (const name of ["prometheus", "victoria-metrics"])
    if (fetch && (await program(name)) === null) await fetchDebian(debian, [name]).catch(tell(name));
  for (const { name, spec, module } of NPM)
    if (fetch && (await moduleAt(name, module)) === null) await fetchFromNpm(name, spec).catch(tell(spec));
  const parser = await moduleAt("parser", NPM[0].module);
  const copy = await moduleAt("copy", NPM[1].module);
  return {
    parse: parser as ScrapePeers["parse"],
    copyFrom: (copy as { from: ScrapePeers["copyFrom"] } | null)?.from ?? null,
    prometheus: await program("prometheus"),
    victoria: await program("victoria-metrics"),
  };
}

async function moduleAt(name: string, module: string): Promise<unknown> {
  const folder = join(CACHE, name, "node_modules", module);
  if ((await present(join(folder, "package.json"))) === null) return null;
  const loaded = createRequire(join(CACHE, name, "x.js"))(module) as { default?: unknown };
  return loaded.default ?? loaded;
}
