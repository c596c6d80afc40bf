/** The base model's files a pool is made from: their place in the API's body, and whether it can do without. */
export const BASE_FILES = [
  { name: "config.json", field: "configJson", isRequired: true },
  { name: "tokenizer.json", field: "tokenizerJson", isRequired: true },
  { name: "tokenizer_config.json", field: "tokenizerConfigJson", isRequired: false },
  { name: "chat_template.jinja", field: "chatTemplate", isRequired: false },
] as const;
export type BaseFileName = (typeof BASE_FILES)[number]["name"];

type Json = Record<string, unknown>;

/** What was read so far, ready for the API. */
export type BaseFiles = {
  configJson?: Json;
  tokenizerJson?: Json;
  tokenizerConfigJson?: Json;
  chatTemplate?: string;
};
export type ReadBaseFiles = {
  files: BaseFiles;
  /** What is wrong with a picked file, by its name. */
  wrong: Partial<Record<BaseFileName, string>>;
  /** Names that are none of the four. */
  ignored: readonly string[];
};

export const NOTHING_READ: ReadBaseFiles = { files: {}, wrong: {}, ignored: [] };

/** What the files chosen so far still lack, in words; null = nothing. */
export function missingBaseFiles({ files, wrong }: ReadBaseFiles): string | null {
  const missing = BASE_FILES.filter(
    ({ name, field, isRequired }) => isRequired && files[field] === undefined && wrong[name] === undefined,
  );
  return missing.length === 0 ? null : `Choose the base model's ${missing.map(({ name }) => name).join(" and ")}.`;
}

const parseObject = (text: string): Json | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
};

/** Takes one file in, in place of what stood under its name. */
export function addBaseFile(before: ReadBaseFiles, name: string, text: string): ReadBaseFiles {
  const slot = BASE_FILES.find((file) => file.name === name);
  if (slot === undefined) return { ...before, ignored: [...before.ignored, name] };
  const { [slot.field]: _replaced, ...files } = before.files;
  const { [slot.name]: _mended, ...wrong } = before.wrong;
  if (slot.field === "chatTemplate") {
    return text.trim() === ""
      ? { ...before, files, wrong: { ...wrong, [slot.name]: "The file is empty. Choose the template's own file." } }
      : { ...before, files: { ...files, chatTemplate: text }, wrong };
  }
  const value = parseObject(text);
  return value === null
    ? {
        ...before,
        files,
        wrong: { ...wrong, [slot.name]: "This is not a JSON object. Choose the model's original file." },
      }
    : { ...before, files: { ...files, [slot.field]: value }, wrong };
}

/** Reads picked files into what was read before. Rejects with the browser's DOMException when one is unreadable. */
export async function readBaseFiles(before: ReadBaseFiles, picked: Iterable<File>): Promise<ReadBaseFiles> {
  let read: ReadBaseFiles = { ...before, ignored: [] };
  for (const file of picked) read = addBaseFile(read, file.name, await file.text());
  return read;
}

/** What a file says about itself, so that a wrong pick is seen before it is sent. */
export function describeBaseFile(files: BaseFiles, name: BaseFileName): string | null {
  switch (name) {
    case "config.json": {
      const { configJson } = files;
      if (configJson === undefined) return null;
      const architectures = configJson.architectures;
      return Array.isArray(architectures) && typeof architectures[0] === "string" ? architectures[0] : "read";
    }
    case "tokenizer.json":
      return files.tokenizerJson === undefined ? null : "read";
    case "tokenizer_config.json":
      return files.tokenizerConfigJson === undefined ? null : "read";
    case "chat_template.jinja":
      return files.chatTemplate === undefined ? null : "read";
  }
}
