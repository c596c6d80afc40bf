import { KNOWN_BASES } from "./known-bases.ts";

/** A pool's base model under all its names, and those of the bases that other pools serve. */
export type BaseNames = {
  baseModel: string;
  /** Other names of the same base; `*` stands for any characters. */
  baseAliases: readonly string[];
  /** Names and aliases of pools with another base model. */
  otherBases: readonly string[];
};

/**
 * What an adapter's base_model_name_or_path says about a pool. same: the pool's own name. alias: one of its aliases.
 * other: it belongs to `base`, another one. unknown: nobody here knows it; "" = the adapter names none.
 */
export type BaseNameVerdict =
  | { kind: "same" }
  | { kind: "alias"; alias: string }
  | { kind: "other"; base: string }
  | { kind: "unknown" };

/** Whose base a name is. The pool's own names win; then those of other pools, of public models and of variants. */
export function judgeBaseName(given: string, { baseModel, baseAliases, otherBases }: BaseNames): BaseNameVerdict {
  const name = given.trim();
  if (name === baseModel) return { kind: "same" };
  const alias = baseAliases.find((one) => matchesAlias(one, name));
  if (alias !== undefined) return { kind: "alias", alias };
  const other = otherBases.find((one) => matchesAlias(one, name)) ?? knownOther(name, { baseModel, otherBases });
  return other === undefined ? { kind: "unknown" } : { kind: "other", base: other };
}

/** The base that a name means by its last part: a copy of another known model, or another variant of the pool's. */
function knownOther(name: string, { baseModel, otherBases }: Omit<BaseNames, "baseAliases">): string | undefined {
  const stem = stemOf(name);
  if (stem === "" || stem === stemOf(baseModel)) return undefined;
  return servedAs(stem, otherBases) ?? (KNOWN_BASES.has(stem) || isVariant(stem, stemOf(baseModel)) ? stem : undefined);
}

const servedAs = (stem: string, otherBases: readonly string[]): string | undefined =>
  otherBases.find((one) => !one.includes("*") && stemOf(one) === stem);

/** Base against Instruct, whatever the family. */
const isVariant = (stem: string, own: string): boolean => coreOf(stem) === coreOf(own);

/** How a base is stored, not which one it is: quantisation, number format, converter. */
const STORED_AS =
  /-(bnb|unsloth|4bit|8bit|int4|int8|nf4|fp8|fp16|bf16|w4a16|w8a8|w8a16|g128|dynamic|gptq|awq|gguf|mlx|hf|quantized)$/;
/** What a base was tuned for. */
const VARIANT = /-(instruct|chat|it|base|pt)(?=-|$)/g;

/** Characters; no model's name is longer, and a hostile one costs no time. */
const MOST_READ = 300;

/**
 * The last part of a name without how it is stored: "unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit" is
 * "llama-3.1-8b-instruct". Cache paths of a model hub are read as the model they hold.
 */
export function stemOf(name: string): string {
  const path = name
    .trim()
    .slice(-MOST_READ)
    .replaceAll("\\", "/")
    .replace(/\/+$/, "")
    .replace(/\/snapshots\/[0-9a-f]+$/i, "");
  const last = path.slice(path.lastIndexOf("/") + 1).replace(/^models--(?:.*--)?/, "");
  let stem = last
    .toLowerCase()
    .replaceAll("_", "-")
    .replace(/^meta-(?=llama)/, "");
  for (let shorter = stem.replace(STORED_AS, ""); shorter !== stem; shorter = stem.replace(STORED_AS, ""))
    stem = shorter;
  return stem === "." || stem === ".." ? "" : stem;
}

const coreOf = (stem: string): string => stem.replaceAll(VARIANT, "");

/** Compares a name with an alias. An alias's `*` stands for any characters, all others for themselves. */
export function matchesAlias(alias: string, name: string): boolean {
  const [head = "", ...rest] = alias.split("*");
  const tail = rest.pop();
  if (tail === undefined) return alias === name;
  if (!name.startsWith(head) || name.length < head.length + tail.length || !name.endsWith(tail)) return false;
  const end = name.length - tail.length;
  let at = head.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** A pattern must say more than "any name". */
const LEAST_LITERAL = 4;

export type AliasProblem = {
  code: "alias_too_wide" | "alias_is_other_base" | "alias_is_base";
  message: string;
  fix: string;
};

/** Why a pool may not take an alias; null = it may. @param names of the pool without this alias */
export function aliasProblem(alias: string, names: Omit<BaseNames, "baseAliases">): AliasProblem | null {
  const literal = alias.replaceAll("*", "");
  if (alias.includes("*") && literal.length < LEAST_LITERAL)
    return {
      code: "alias_too_wide",
      message: `${alias} matches nearly every name.`,
      fix: `Write at least ${LEAST_LITERAL} characters besides *.`,
    };
  if (alias === names.baseModel)
    return { code: "alias_is_base", message: `${alias} is the pool's base model itself.`, fix: "Leave it out." };
  const other = otherOf(alias, names);
  if (other === null) return null;
  return {
    code: "alias_is_other_base",
    message: `${alias === "" ? "An empty name" : alias} belongs to another base model, ${other}.`,
    fix: `Serve adapters of ${other} from a pool of their own.`,
  };
}

/** The other base an alias would take adapters of. A mirror of a public model may have that model's name. */
function otherOf(alias: string, names: Omit<BaseNames, "baseAliases">): string | null {
  const served = names.otherBases.find((one) => matchesAlias(alias, one) || matchesAlias(one, alias));
  if (served !== undefined) return served;
  if (alias.includes("*")) return null;
  const [stem, own] = [stemOf(alias), stemOf(names.baseModel)];
  const isMirror = !KNOWN_BASES.has(own) && !isVariant(stem, own) && servedAs(stem, names.otherBases) === undefined;
  return isMirror ? null : (knownOther(alias, names) ?? null);
}
