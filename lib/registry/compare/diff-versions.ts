import { shapeText, type Tensor } from "#lib/platform/safetensors/header.ts";
import type { DiffRow, FileDiff, VersionDiff } from "../browser/compare-schema.ts";
import { parseTensorName } from "../browser/tensors/tensor-name.ts";
import type { Version, VersionFile } from "../schema.ts";
import { diffNorms, type ModuleNorms, scaleOf } from "./diff-norms.ts";

/** All that is compared of one version. */
export type Side = {
  version: Version;
  norms: ModuleNorms | null;
  /** adapter_config.json; null = it cannot be read. */
  config: Readonly<Record<string, unknown>> | null;
  tensors: readonly Pick<Tensor, "name" | "dtype" | "shape">[] | null;
};

/** What differs between two versions. Nothing is assumed of what could not be read: it is null. */
export function diffVersions(a: Side, b: Side): VersionDiff {
  return {
    a: summary(a),
    b: summary(b),
    identical: a.version.digest === null || b.version.digest === null ? null : a.version.digest === b.version.digest,
    facts: diffRows(factsOf(a.version), factsOf(b.version)),
    config: a.config && b.config && diffRows(textOf(a.config), textOf(b.config)),
    files: diffFiles(a.version.files, b.version.files),
    modules: diffModules(modulesOf(a), modulesOf(b)),
    tensors: a.tensors && b.tensors && diffRows(tensorSummary(a.tensors), tensorSummary(b.tensors)),
    norms: diffNorms({ norms: a.norms, scale: scaleOf(a.version) }, { norms: b.norms, scale: scaleOf(b.version) }),
  };
}

const summary = ({ version, norms }: Side): VersionDiff["a"] => ({
  id: version.id,
  adapterId: version.adapterId,
  tenantSlug: version.tenantSlug,
  adapterSlug: version.adapterSlug,
  number: version.number,
  status: version.status,
  aliases: version.aliases,
  digest: version.digest,
  createdAt: version.createdAt,
  scale: scaleOf(version),
  hasNorms: norms !== null,
});

const factsOf = (version: Version): Record<string, unknown> => ({
  base_model: version.baseModel,
  architecture_checksum: version.architectureChecksum,
  tokenizer_checksum: version.tokenizerChecksum,
  chat_template_checksum: version.chatTemplateChecksum,
  sequence_limit: version.sequenceLimit,
  rank: version.rank,
  alpha: version.alpha,
  scale: scaleOf(version),
  rs_lora: version.rsLora,
  target_modules: [...version.targetModules].sort().join(", "),
  dtype: version.dtype,
  tensors: version.tensorCount,
  size_bytes: version.sizeBytes,
});

/** Lists whose order means nothing to PEFT are sorted, so that only a real difference shows. */
const textOf = (config: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      Array.isArray(value) && value.every((item) => typeof item === "string") ? [...value].sort() : value,
    ]),
  );

/** @returns a row a key of either, sorted by key; keys that only one has are null in the other */
export function diffRows(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): DiffRow[] {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return keys.map((key) => {
    const [left, right] = [shown(a, key), shown(b, key)];
    return { key, a: left, b: right, same: left === right };
  });
}

function shown(of: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = Object.hasOwn(of, key) ? of[key] : undefined;
  if (value === undefined) return null;
  if (typeof value === "string") return value;
  // a list reads, and breaks into lines, between its items
  return Array.isArray(value) ? `[${value.map((item) => JSON.stringify(item)).join(", ")}]` : JSON.stringify(value);
}

export function diffFiles(a: readonly VersionFile[], b: readonly VersionFile[]): FileDiff[] {
  const sideOf = (files: readonly VersionFile[], path: string) => {
    const file = files.find((each) => each.path === path);
    return file === undefined ? null : { sizeBytes: file.sizeBytes, sha256: file.sha256 };
  };
  const paths = [...new Set([...a, ...b].map(({ path }) => path))].sort();
  return paths.map((path) => {
    const [left, right] = [sideOf(a, path), sideOf(b, path)];
    return { path, a: left, b: right, change: changeOf(left, right) };
  });
}

function changeOf(a: FileDiff["a"], b: FileDiff["b"]): FileDiff["change"] {
  if (a === null) return "only_b";
  if (b === null) return "only_a";
  if (a.sizeBytes !== b.sizeBytes) return "changed";
  if (a.sha256 === null || b.sha256 === null) return "unknown";
  return a.sha256 === b.sha256 ? "equal" : "changed";
}

/** Full paths, from the tensors or from the norms that were taken of them. */
function modulesOf({ tensors, norms }: Side): ReadonlySet<string> | null {
  if (tensors === null) return norms && new Set(Object.keys(norms));
  const names = tensors.map(({ name }) => parseTensorName(name));
  return new Set(names.flatMap((name) => (name.kind === "lora" ? [name.path] : [])));
}

function diffModules(a: ReadonlySet<string> | null, b: ReadonlySet<string> | null): VersionDiff["modules"] {
  if (a === null || b === null) return null;
  return {
    added: [...b].filter((path) => !a.has(path)).sort(),
    removed: [...a].filter((path) => !b.has(path)).sort(),
    kept: [...a].filter((path) => b.has(path)).length,
  };
}

/** "q_proj A" → "BF16 [16,4096] × 32": equal tensors of all layers in one line. */
function tensorSummary(tensors: NonNullable<Side["tensors"]>): Record<string, string> {
  const kinds = new Map<string, Map<string, number>>();
  for (const { name, dtype, shape } of tensors) {
    const parsed = parseTensorName(name);
    const key = parsed.kind === "lora" ? `${parsed.path.slice(parsed.path.lastIndexOf(".") + 1)} ${parsed.part}` : name;
    const form = `${dtype} ${shapeText(shape)}`;
    const forms = kinds.get(key) ?? new Map<string, number>();
    kinds.set(key, forms.set(form, (forms.get(form) ?? 0) + 1));
  }
  const line = (forms: ReadonlyMap<string, number>) =>
    [...forms]
      .sort(([x], [y]) => (x < y ? -1 : 1))
      .map(([form, count]) => `${form} × ${count}`)
      .join(", ");
  return Object.fromEntries([...kinds].map(([key, forms]) => [key, line(forms)]));
}
