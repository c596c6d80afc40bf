import type { VersionDiff } from "#lib/registry/browser/compare-schema.ts";
import type { Version } from "#lib/registry/schema.ts";

/** What the catalog's facts are called on a screen. */
export const FACT_WORDS: Readonly<Record<string, string>> = {
  base_model: "Base model",
  architecture_checksum: "Architecture",
  tokenizer_checksum: "Tokenizer",
  chat_template_checksum: "Chat template",
  sequence_limit: "Sequence limit, tokens",
  rank: "Rank",
  alpha: "Alpha",
  scale: "Scale of the update",
  rs_lora: "rsLoRA",
  target_modules: "Target modules",
  dtype: "Dtype",
  tensors: "Tensors",
  size_bytes: "Size, bytes",
};

/**
 * The versions that stand side by side: what the URL names, else the live one and the youngest of the others, the older
 * on the left.
 */
export function initialPair(
  versions: readonly Version[],
  chosen: { a: string | null; b: string | null },
): [a: string | null, b: string | null] {
  if (chosen.a !== null && chosen.b !== null) return [chosen.a, chosen.b];
  const kept = versions.filter(({ state }) => state !== "deleted").sort((x, y) => y.number - x.number);
  const named = chosen.a ?? chosen.b ?? kept.find(({ aliases }) => aliases.includes("live"))?.id ?? kept[0]?.id ?? null;
  const other = kept.find(({ id }) => id !== named)?.id ?? null;
  if (chosen.a !== null || chosen.b !== null) return chosen.a !== null ? [named, other] : [other, named];
  const numberOf = (id: string | null) => kept.find((version) => version.id === id)?.number ?? 0;
  return numberOf(named) < numberOf(other) ? [named, other] : [other, named];
}

/** How much an update must have grown or shrunk to be worth a word: training anew moves norms by a few percent. */
const NOTABLE = 1.2;

/** The comparison in one line: what a reader must look at, and what they need not. */
export function sentenceOf(diff: VersionDiff): string {
  if (diff.identical === true) return "The same bytes.";
  const files = diff.files.filter(({ change }) => change !== "equal").length;
  const parts = [configPart(diff.config), `${files} of ${diff.files.length} files`, modulePart(diff.modules)];
  return `${parts.join(", ")}; ${normPart(diff.norms)}.`;
}

function configPart(config: VersionDiff["config"]): string {
  if (config === null) return "Config unknown";
  const count = config.filter(({ same }) => !same).length;
  return count === 1 ? "1 key of the config differs" : `${count} keys of the config differ`;
}

function modulePart(modules: VersionDiff["modules"]): string {
  if (modules === null) return "modules unknown";
  const count = modules.added.length + modules.removed.length;
  return `${count} ${count === 1 ? "module" : "modules"} added or removed`;
}

function normPart(norms: VersionDiff["norms"]): string {
  const ratios = norms.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]));
  if (ratios.length === 0) return "the size of the update is not known";
  const moved = ratios.filter((ratio) => ratio > NOTABLE || ratio < 1 / NOTABLE).length;
  return `the update of ${moved} of ${ratios.length} modules differs by over 20\u202f%`;
}
