import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CHECK_LIST } from "../../browser/check-catalogue.ts";
import { checkFileSet } from "../../browser/file-set.ts";
import { isFindingCode } from "../../browser/finding-codes.ts";
import { checkPurely } from "./check-purely.ts";
import { CONFIG, WEIGHTS } from "./hostile-folder.ts";
import { HOSTILE_FOLDERS } from "./hostile-folders.ts";

const TOLD = new Set(["error", "warning"]);
/** A reason that is no reason for nodes whose release is known. */
const OTHER_RELEASES = /\b(old|older|earlier|newer) (releases?|versions?|vLLM)\b/i;
/** Every code that the folders of this file have been given. */
const seen = new Set<string>();

describe("a hostile or corrupted folder", () => {
  it.each(HOSTILE_FOLDERS.map((folder) => [folder.name, folder] as const))(
    "%s gets its codes and no other",
    async (_name, folder) => {
      const findings = await checkPurely(folder);
      for (const { code } of findings) seen.add(code);
      const told = findings.filter(({ severity }) => TOLD.has(severity)).map(({ code }) => code);
      expect([...new Set(told)].sort()).toEqual([...folder.codes].sort());
      expect(findings.map(({ code }) => code)).toEqual(expect.arrayContaining([...(folder.also ?? [])]));
      expect(findings.filter(({ code }) => !isFindingCode(code))).toEqual([]);
      expect(findings.filter(({ severity, fix }) => TOLD.has(severity) && !fix)).toEqual([]);
      expect(findings.filter(({ message }) => OTHER_RELEASES.test(message))).toEqual([]);
      const report = JSON.stringify(findings);
      expect(report.length).toBeLessThan(60_000);
      expect(report).not.toMatch(/\\u0000|\\ud[89a-f]/i); // a database takes neither
    },
  );

  it("that lists a file twice is told so", () => {
    const files = [CONFIG, WEIGHTS, CONFIG].map((path) => ({ path, sizeBytes: 9 }));
    const codes = checkFileSet(files).findings.map(({ code }) => code);
    expect(codes).toEqual(["duplicate_file"]);
    for (const code of codes) seen.add(code);
  });
});

/** All tests of this room as text: what a folder alone cannot show is named there. */
const testsOfTheRoom = (): string => {
  const room = fileURLToPath(new URL("../..", import.meta.url));
  return readdirSync(room, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts") && !path.endsWith("hostile.test.ts"))
    .map((path) => readFileSync(join(room, path), "utf8"))
    .join("\n");
};

/** Codes that need the store, or a process that renders. */
const OF_THE_SERVER: readonly string[] = ["already_stored", "chat_template_renders_same"];

describe("the catalogue of checks", () => {
  it("has no code that nothing produces: a folder here, or a test of the stores and of imports", () => {
    const tests = testsOfTheRoom();
    const elsewhere = CHECK_LIST.filter(({ code, stage }) => stage === "import" || OF_THE_SERVER.includes(code));
    const missing = CHECK_LIST.filter((check) =>
      elsewhere.includes(check) ? !new RegExp(`\\b${check.code}\\b`).test(tests) : !seen.has(check.code),
    );
    expect(missing.map(({ code }) => code)).toEqual([]);
  });

  it("gives no release as a reason that the pool's nodes do not run", () => {
    const reasons = CHECK_LIST.filter(({ proves, why }) => OTHER_RELEASES.test(`${proves} ${why}`));
    // that one is about nodes which may join later
    expect(reasons.map(({ code }) => code)).toEqual(["module_patterns"]);
  });

  it("explains each in whole sentences, with a fix where something is to be mended", () => {
    for (const { code, severity, title, proves, why, fix } of CHECK_LIST) {
      expect({ code, ends: [proves, why].every((text) => /[.]$/.test(text)) }).toEqual({ code, ends: true });
      expect({ code, title: /^[A-Z].{5,70}[^.]$/.test(title) }).toEqual({ code, title: true });
      expect({ code, hasFix: fix !== null || !TOLD.has(severity) }).toEqual({ code, hasFix: true });
    }
  });
});
