import type { DiffRow, VersionDiff } from "#lib/registry/browser/compare-schema.ts";
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

const changed = (rows: readonly DiffRow[] | null): number => rows?.filter(({ same }) => !same).length ?? 0;
const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** How much an update must have grown or shrunk to be worth a word: training anew moves norms by a few percent. */
const NOTABLE = 1.2;

/** The comparison in one line: what a reader must look at, and what they need not. */
export function sentenceOf(diff: VersionDiff): string {
  if (diff.identical === true) return "The same bytes.";
  const config =
    diff.config === null ? "config unknown" : `${counted(changed(diff.config), "key", "keys")} of the config differ`;
  const files = diff.files.filter(({ change }) => change !== "equal").length;
  const modules = diff.modules === null ? 0 : diff.modules.added.length + diff.modules.removed.length;
  const known = diff.norms.filter(({ ratio }) => ratio !== null);
  const moved = known.filter(({ ratio }) => ratio !== null && (ratio > NOTABLE || ratio < 1 / NOTABLE)).length;
  const norms =
    known.length === 0
      ? "the size of the update is not known"
      : `the update of ${moved} of ${known.length} modules differs by over 20 %`;
  return `${config}, ${files} of ${diff.files.length} files, ${counted(modules, "module", "modules")} added or removed; ${norms}.`.replace(
    /^./,
    (first) => first.toUpperCase(),
  );
}
