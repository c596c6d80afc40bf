import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The base model's files as the API takes them. */
export type DemoBase = {
  configJson: Record<string, unknown>;
  tokenizerJson: Record<string, unknown>;
  tokenizerConfigJson: Record<string, unknown>;
  chatTemplate: string;
};

/** @param directory the committed tiny Llama */
export async function readDemoBase(directory: string): Promise<DemoBase> {
  const json = async (file: string) =>
    JSON.parse(await readFile(join(directory, file), "utf8")) as Record<string, unknown>;
  return {
    configJson: await json("config.json"),
    tokenizerJson: await json("tokenizer.json"),
    tokenizerConfigJson: await json("tokenizer_config.json"),
    chatTemplate: await readFile(join(directory, "chat_template.jinja"), "utf8"),
  };
}
