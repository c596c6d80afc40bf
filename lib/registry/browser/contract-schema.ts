import * as z from "zod";
import { idOf } from "#lib/http/schema.ts";
import { BaseShapesSchema, POOL_DTYPES, TrainingContractSchema } from "#lib/pools/schema.ts";

export const CONTRACT_FORMAT = "switchyard.training-contract/1";

/** A value of PEFT's LoraConfig. */
const OptionValue = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);

/**
 * The training contract as a document: what an adapter of a pool must be, each rule with its reason, and everything that
 * the checks need to run where there is no Switchyard. A file of a later format is refused, never guessed at.
 */
export const ContractDocumentSchema = TrainingContractSchema.extend({
  format: z.literal(CONTRACT_FORMAT),
  /** `generation` rises with every change of the pool: two documents of one pool are told apart by it. */
  pool: z.object({ id: idOf("pool"), slug: z.string(), name: z.string(), generation: z.number().int() }),
  baseShapes: BaseShapesSchema.nullable(),
  /** GPU memory of one slot at the pool's rank, in bytes; null = unknown shapes. */
  slotBytes: z.number().int().nullable(),
  /** Pools of the same base model with other ranks. */
  otherRanks: z.array(z.object({ slug: z.string(), name: z.string(), rank: z.number().int() })),
  /** What weights may be stored as; the node converts all but `dtype`. */
  storedDtypes: z.array(z.enum(POOL_DTYPES)),
  /** Modules an adapter may touch, with their places and widths in the base; null = unknown architecture. */
  modules: z
    .array(z.object({ name: z.string(), path: z.string(), input: z.number().int(), output: z.number().int() }))
    .nullable(),
  files: z.array(z.object({ name: z.string(), isRequired: z.boolean(), mostBytes: z.number().int(), why: z.string() })),
  /** PEFT options that are refused, under the names that adapter_config.json gives them. */
  forbidden: z.array(z.object({ option: z.string(), why: z.string(), instead: z.string() })),
  rules: z.array(z.object({ id: z.string(), label: z.string(), value: z.string(), why: z.string() })),
  /** Arguments of PEFT's LoraConfig that keep to this contract. */
  loraConfig: z.record(z.string(), OptionValue),
});
export type ContractDocument = z.infer<typeof ContractDocumentSchema>;
