import { pythonSetOrder } from "#lib/platform/python-set-order.ts";

/** Puts the adapters of a step, given in the order in which they joined the batch, into the order in which it touches them. */
export type StepOrder = <T extends { name: string }>(adapters: readonly T[]) => T[];

/**
 * vLLM walks a Python set of LoRA requests, which hash by `lora_name`: not request order, the same all through a process, and
 * another in each process unless PYTHONHASHSEED is fixed.
 */
export function stepOrderOf(hashSeed: number): StepOrder {
  const order = pythonSetOrder(hashSeed);
  return (adapters) => {
    const names = new Set(adapters.map(({ name }) => name));
    return order([...names]).flatMap((name) => adapters.filter((adapter) => adapter.name === name));
  };
}
