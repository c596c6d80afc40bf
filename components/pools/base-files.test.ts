import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { addBaseFile, describeBaseFile, missingBaseFiles, NOTHING_READ, readBaseFiles } from "./base-files.ts";

const fixture = async (name: string): Promise<File> =>
  new File([await readFile(`e2e/fixtures/tiny-llama/${name}`)], name);

it("names the files that are still to be chosen, and none that was chosen wrongly", () => {
  expect(missingBaseFiles(NOTHING_READ)).toBe("Choose the base model's config.json and tokenizer.json.");
  const one = addBaseFile(NOTHING_READ, "config.json", "{}");
  expect(missingBaseFiles(one)).toBe("Choose the base model's tokenizer.json.");
  expect(missingBaseFiles(addBaseFile(one, "tokenizer.json", "no JSON"))).toBeNull();
});

describe("readBaseFiles", () => {
  it("sorts a base model's own files by name into the API's fields", async () => {
    const names = ["tokenizer.json", "chat_template.jinja", "config.json", "tokenizer_config.json"];
    const read = await readBaseFiles(NOTHING_READ, await Promise.all(names.map(fixture)));
    expect(read.wrong).toEqual({});
    expect(Object.keys(read.files).sort()).toEqual([
      "chatTemplate",
      "configJson",
      "tokenizerConfigJson",
      "tokenizerJson",
    ]);
    expect(describeBaseFile(read.files, "config.json")).toBe("LlamaForCausalLM");
  });

  it("names what it does not need and keeps what it has", async () => {
    const first = await readBaseFiles(NOTHING_READ, [await fixture("config.json")]);
    const read = await readBaseFiles(first, [await fixture("generation_config.json")]);
    expect(read.ignored).toEqual(["generation_config.json"]);
    expect(read.files.configJson).toBeDefined();
  });
});

describe("addBaseFile", () => {
  it("says which file is wrong, and forgets that when it is replaced", () => {
    const broken = addBaseFile(NOTHING_READ, "config.json", '{"architectures": [');
    expect(broken.wrong["config.json"]).toMatch(/not a JSON object/);
    expect(broken.files.configJson).toBeUndefined();
    const mended = addBaseFile(broken, "config.json", "{}");
    expect(mended.wrong).toEqual({});
    expect(mended.files.configJson).toEqual({});
  });

  it("does not keep an earlier good file under a later broken one", () => {
    const good = addBaseFile(NOTHING_READ, "tokenizer.json", "{}");
    expect(addBaseFile(good, "tokenizer.json", "[]").files.tokenizerJson).toBeUndefined();
  });

  it("refuses an empty chat template, as the API does", () => {
    expect(addBaseFile(NOTHING_READ, "chat_template.jinja", " \n").wrong["chat_template.jinja"]).toMatch(/empty/);
  });
});
