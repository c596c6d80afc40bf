import type { ContractDocument } from "./contract-schema.ts";

type OptionValue = ContractDocument["loraConfig"][string];

/** Arguments that whoever trains chooses; the values here are only where to start. */
const FREE_OPTIONS: readonly string[] = ["lora_alpha", "lora_dropout"];

/** The LoraConfig of a contract as Python, ready to paste. */
export function loraConfigSnippet({ loraConfig, baseRevision, sequenceLimit }: ContractDocument): string {
  const lines = Object.entries(loraConfig).map(([option, value]) => {
    const free = FREE_OPTIONS.includes(option) ? "  # yours to choose" : "";
    return `    ${option}=${python(value)},${free}`;
  });
  return [
    "from peft import LoraConfig",
    "",
    "lora_config = LoraConfig(",
    ...lines,
    ")",
    ...(baseRevision === null ? [] : [`base_revision = ${python(baseRevision)}`]),
    `max_length = ${sequenceLimit}`,
    "",
  ].join("\n");
}

function python(value: OptionValue): string {
  if (value === null) return "None";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  switch (typeof value) {
    case "boolean":
      return value ? "True" : "False";
    case "number":
      return String(value);
    default:
      return JSON.stringify(value);
  }
}

/** The whole contract as Markdown, for people and for a pipeline's own documentation. */
export function contractMarkdown(contract: ContractDocument): string {
  const { pool, rules, modules, files, forbidden } = contract;
  return `${[
    `# Training contract of the pool ${inline(pool.name)}`,
    "",
    `Format \`${contract.format}\`, pool \`${pool.slug}\`, generation ${pool.generation}. Every version is checked against this`,
    "before it can reach a node. Save the JSON form of this document and check a folder before it is uploaded:",
    "",
    "    npm run check-adapter -- <folder> --contract <file>.json",
    "",
    "## Rules",
    "",
    ...table(
      ["rule", "value", "why"],
      rules.map(({ label, value, why }) => [label, code(value), why]),
    ),
    "",
    "## LoraConfig",
    "",
    "```python",
    loraConfigSnippet(contract).trimEnd(),
    "```",
    "",
    "## Modules",
    "",
    ...(modules === null
      ? ["Switchyard does not know the modules of this architecture: names and shapes are not compared."]
      : table(
          ["module", "path in the base", "in", "out"],
          modules.map(({ name, path, input, output }) => [code(name), code(path), String(input), String(output)]),
        )),
    "",
    "## Files",
    "",
    ...table(
      ["file", "", "at most", "why"],
      files.map(({ name, isRequired, mostBytes, why }) => [
        code(name),
        isRequired ? "required" : "optional",
        bytesText(mostBytes),
        why,
      ]),
    ),
    "",
    "## Options that are refused",
    "",
    ...table(
      ["option", "why", "instead"],
      groupedOptions(forbidden).map(({ options, why, instead }) => [options.map(code).join(", "), why, instead]),
    ),
  ].join("\n")}\n`;
}

export type OptionGroup = { options: string[]; why: string; instead: string };

/** Options that are refused for the same reason stand together, in the order of the first. */
export function groupedOptions(forbidden: ContractDocument["forbidden"]): OptionGroup[] {
  const groups = new Map<string, OptionGroup>();
  for (const { option, why, instead } of forbidden) {
    const key = JSON.stringify([why, instead]);
    const group = groups.get(key) ?? { options: [], why, instead };
    group.options.push(option);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** File sizes here are powers of two, as their limits are. */
const bytesText = (bytes: number): string =>
  bytes >= 1024 ** 3 ? `${bytes / 1024 ** 3} GiB` : `${bytes / 1024 ** 2} MiB`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`);

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
/** A name that somebody typed says nothing in Markdown. */
const inline = (text: string): string => text.replaceAll(/([\\`*_[\]<>#|])/g, "\\$1");
const code = (text: string): string => (text.includes("`") ? inline(text) : `\`${text}\``);
