import type { ModuleDiff } from "../browser/compare-schema.ts";

/** Frobenius norms of A and B by module path, as the check wrote them. */
export type ModuleNorms = Readonly<Record<string, readonly [number, number]>>;
type NormSide = { norms: ModuleNorms | null; scale: number | null };

/** What vLLM multiplies B·A with: alpha ÷ r, or alpha ÷ √r with rsLoRA. null = not read yet. */
export function scaleOf(version: { rank: number | null; alpha: number | null; rsLora: boolean | null }): number | null {
  const { rank, alpha, rsLora } = version;
  if (rank === null || alpha === null || rank <= 0) return null;
  return alpha / (rsLora === true ? Math.sqrt(rank) : rank);
}

/**
 * The size of every module's update, side by side. ‖scale · B·A‖ is at most scale × ‖B‖ × ‖A‖ (Frobenius norms), which
 * needs no product of the matrices. Modules that came or went first, then by how far the ratio is from 1.
 */
export function diffNorms(a: NormSide, b: NormSide): ModuleDiff[] {
  const paths = [...new Set([...Object.keys(a.norms ?? {}), ...Object.keys(b.norms ?? {})])];
  const rows = paths.map((path): ModuleDiff => {
    const [left, right] = [normOf(a, path), normOf(b, path)];
    return { path, ...placeOf(path), a: left, b: right, ratio: ratioOf(left?.bound ?? null, right?.bound ?? null) };
  });
  return rows.sort((x, y) => changeOf(y) - changeOf(x) || (x.path < y.path ? -1 : 1));
}

function normOf({ norms, scale }: NormSide, path: string): ModuleDiff["a"] {
  const pair = norms !== null && Object.hasOwn(norms, path) ? norms[path] : undefined;
  if (pair === undefined) return null;
  const [normA, normB] = pair;
  return { normA, normB, bound: scale === null ? null : scale * normA * normB };
}

const ratioOf = (a: number | null, b: number | null): number | null =>
  a === null || b === null || a === 0 ? null : b / a;

/** How much a module changed: the same for twice as much and half as much; what came, went or rose from zero is most. */
function changeOf({ a, b, ratio }: ModuleDiff): number {
  if (ratio !== null) return ratio === 0 ? Number.MAX_VALUE : Math.abs(Math.log(ratio));
  const [left, right] = [a?.bound ?? 0, b?.bound ?? 0];
  return left === right ? 0 : Number.MAX_VALUE;
}

const LAYER = /(?:^|\.)layers\.(\d+)\.(.+)$/;

/** "model.layers.3.self_attn.q_proj" is layer 3, self_attn.q_proj. */
function placeOf(path: string): { layer: number | null; module: string } {
  const found = LAYER.exec(path);
  return found?.[2] === undefined ? { layer: null, module: path } : { layer: Number(found[1]), module: found[2] };
}
