import { encodeSafetensors, type TensorBytes } from "#lib/platform/safetensors/encode.ts";
import { parseSafetensorsHeader } from "#lib/platform/safetensors/header.ts";

export const CONFIG = "adapter_config.json";
export const WEIGHTS = "adapter_model.safetensors";

/** File name → content of one adapter directory. */
export type AdapterFiles = ReadonlyMap<string, string | Uint8Array>;
export type GoodAdapter = { config: string; weights: Uint8Array };

export const filesOf = ({ config, weights }: GoodAdapter): AdapterFiles =>
  new Map<string, string | Uint8Array>([
    [CONFIG, config],
    [WEIGHTS, weights],
  ]);

export const withFile = (files: AdapterFiles, name: string, content: string | Uint8Array): AdapterFiles =>
  new Map([...files, [name, content]]);

export const withoutFile = (files: AdapterFiles, name: string): AdapterFiles =>
  new Map([...files].filter(([each]) => each !== name));

/** The adapter with keys of its config changed; undefined takes a key out. */
export const withFields = (files: AdapterFiles, fields: Readonly<Record<string, unknown>>): AdapterFiles =>
  withFile(files, CONFIG, JSON.stringify({ ...(JSON.parse(String(contentOf(files, CONFIG))) as object), ...fields }));

export type Change = (tensors: readonly TensorBytes[]) => readonly TensorBytes[];

/** @throws Error when the weights are no safetensors file */
export const withTensors = (files: AdapterFiles, change: Change): AdapterFiles =>
  withFile(files, WEIGHTS, encodeSafetensors(change(tensorsOf(files))));

/** Every tensor that is chosen, put through `change`; the others as they were. */
export const each =
  (isChosen: (tensor: TensorBytes) => boolean, change: (tensor: TensorBytes) => TensorBytes): Change =>
  (tensors) =>
    tensors.map((tensor) => (isChosen(tensor) ? change(tensor) : tensor));

export const isA = ({ name }: TensorBytes): boolean => /\.lora_(embedding_)?A\b/.test(name);
export const isB = ({ name }: TensorBytes): boolean => /\.lora_(embedding_)?B\b/.test(name);
export const isOf =
  (...modules: readonly string[]) =>
  ({ name }: TensorBytes): boolean =>
    modules.some((module) => name.includes(`.${module}.`));

export const renamed = (from: string | RegExp, to: string): Change =>
  each(
    () => true,
    (tensor) => ({ ...tensor, name: tensor.name.replace(from, to) }),
  );

function contentOf(files: AdapterFiles, name: string): string | Uint8Array {
  const content = files.get(name);
  if (content === undefined) throw new Error(`the adapter has no ${name}`);
  return content;
}

function tensorsOf(files: AdapterFiles): TensorBytes[] {
  const weights = contentOf(files, WEIGHTS);
  if (typeof weights === "string") throw new Error(`${WEIGHTS} is text`);
  const parsed = parseSafetensorsHeader(weights);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.header.tensors.map(({ name, dtype, shape, begin, end }) => ({
    name,
    dtype,
    shape,
    data: weights.subarray(begin, end),
  }));
}
