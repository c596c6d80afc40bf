import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Validator } from "@seriousme/openapi-schema-validator";
import { generate } from "openapi-typescript-codegen";
import { afterAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { parseSignature, type Route, type RouteDef } from "#lib/http/route.ts";
import { projectRoot } from "#lib/platform/project-root.ts";
import { routes } from "./routes.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Operation = { requestBody?: { content: Record<string, Json> }; responses: Record<string, Json> };
const openApi: { paths: Record<string, Record<string, Operation>> } = JSON.parse(
  await readFile(join(projectRoot(), "public", "openapi.json"), "utf8"),
);
const operations = openApi.paths;

/** Every value under `key`, at any depth. */
function valuesUnder(key: string, within: unknown): unknown[] {
  if (Array.isArray(within)) return within.flatMap((each) => valuesUnder(key, each));
  if (typeof within !== "object" || within === null) return [];
  // a record's keys are properties in the document
  const entries = Object.entries(within).filter(([name]) => name !== "propertyNames");
  return entries.flatMap(([name, value]) => [...(name === key ? [value] : []), ...valuesUnder(key, value)]);
}
/** Without null, which some write beside the list and some into it. */
const asSet = (values: unknown): string =>
  JSON.stringify(
    (values as unknown[])
      .filter((value) => value !== null)
      .map(String)
      .sort(),
  );

describe("the OpenAPI document", () => {
  it("is valid, says a validator that is not ours", async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(openApi));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  });

  it("lists every value that the API itself takes", () => {
    const missing = (routes as readonly Route[]).flatMap(({ signature, def }) => {
      const { method, path } = parseSignature(signature);
      const operation = operations[path]?.[method.toLowerCase()];
      const documented = new Set(valuesUnder("enum", operation).map(asSet));
      const { body, query, ok } = def as RouteDef<unknown>;
      const schemas = [body, query, ok].filter((schema) => schema instanceof z.ZodType);
      const own = schemas.map((schema) => z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
      const lists = [...valuesUnder("enum", own), ...valuesUnder("const", own).map((value) => [value])];
      return lists.filter((values) => !documented.has(asSet(values))).map((values) => [signature, values]);
    });
    expect(missing).toEqual([]);
  });

  it("holds patterns that other languages read: no JavaScript literals, no Unicode classes", () => {
    const patterns = [...new Set(valuesUnder("pattern", openApi.paths))].filter((each) => typeof each === "string");
    expect(patterns.length).toBeGreaterThan(5);
    const foreign = patterns.filter((pattern) => /(?<!\\)\/[a-z]*$/.test(pattern) || /\\p\{/i.test(pattern));
    expect(foreign).toEqual([]);
    for (const pattern of patterns) expect(() => new RegExp(pattern, "u")).not.toThrow();
  });

  it("says of every body that it may be too large, and of JSON that nothing else is taken", () => {
    const silent = Object.entries(operations).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { requestBody, responses }]) => {
        if (requestBody === undefined) return [];
        const due = "application/json" in requestBody.content ? ["413", "415"] : ["413"];
        return due.filter((status) => !(status in responses)).map((status) => `${method} ${path} ${status}`);
      }),
    );
    expect(silent).toEqual([]);
  });
});

describe("a client generated from it", () => {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  /** What a type checker says of `code` beside the client. */
  async function complaints(code: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "switchyard-client-"));
    folders.push(folder);
    await generate({ input: structuredClone(openApi), output: join(folder, "client"), useUnionTypes: true });
    await writeFile(join(folder, "use.ts"), `import { DefaultService } from "./client";\n${code}`);
    const tsc = join(projectRoot(), "node_modules", ".bin", "tsc");
    const options = ["--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--types", ""];
    const run = promisify(execFile)(tsc, [...options, "--moduleResolution", "bundler", "use.ts"], { cwd: folder });
    return run.then(({ stdout }) => stdout).catch(({ stdout }: { stdout: string }) => stdout);
  }
  const addPool = (name: string, rank: number) => `export const ${name} = () => DefaultService.postPools({
    slug: "llama", name: "Llama", baseModel: "base", files: { configJson: {}, tokenizerJson: {} }, maxModelLen: 8192,
    maxLoras: 12, maxLoraRank: ${rank}, maxCpuLoras: 48, adapterDirectory: "/adapters",
  });\n\n`;

  it("compiles, and takes each rank that a pool takes", async () => {
    const said = await complaints(addPool("known", 16) + addPool("unknown", 17));
    expect(said.match(/error TS/g)).toHaveLength(1);
    expect(said).toMatch(/use\.ts\(9,\d+\): error TS2322: Type '17' is not assignable/);
  });
});
