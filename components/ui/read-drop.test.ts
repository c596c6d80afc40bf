import { describe, expect, it } from "vitest";
import { readDrop, readPicked } from "./read-drop.ts";

const fileEntry = (name: string) => ({
  isFile: true,
  isDirectory: false,
  name,
  file: (resolve: (file: File) => void) => resolve(new File(["x"], name)),
});
const folderEntry = (name: string, children: object[]) => ({
  isFile: false,
  isDirectory: true,
  name,
  createReader: () => {
    const batches = [children.slice(0, 1), children.slice(1), []];
    return { readEntries: (resolve: (batch: object[]) => void) => resolve(batches.shift() ?? []) };
  },
});
const transferOf = (...entries: object[]) =>
  ({ items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })) }) as unknown as DataTransfer;

describe("a dropped folder", () => {
  it("is read whole, past the browser's first batch, without its own name", async () => {
    const drop = transferOf(
      folderEntry("acme", [
        fileEntry("b.json"),
        fileEntry("a.safetensors"),
        folderEntry("tokenizer", [fileEntry("vocab")]),
      ]),
    );
    expect((await readDrop(drop)).map((each) => each.path)).toEqual(["a.safetensors", "b.json", "tokenizer/vocab"]);
  });

  it("may also be loose files", async () => {
    expect((await readDrop(transferOf(fileEntry("b"), fileEntry("a")))).map((each) => each.path)).toEqual(["a", "b"]);
  });
});

it("gives picked files the same paths as dropped ones", () => {
  const picked = Object.assign(new File(["x"], "vocab"), { webkitRelativePath: "acme/tokenizer/vocab" });
  const single = Object.assign(new File(["x"], "a.json"), { webkitRelativePath: "" });
  expect(readPicked([picked, single]).map((each) => each.path)).toEqual(["a.json", "tokenizer/vocab"]);
});
