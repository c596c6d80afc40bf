import { slugFrom } from "#lib/http/browser/slug.ts";
import { POOL_DTYPES } from "#lib/pools/schema.ts";
import type { PoolProposal } from "../browser/inspection-schema.ts";
import { baseCards, loraCards, type NodeFacts } from "./node-facts.ts";

type Proposed<T> = { value: T | null; source: "engine" | "proposal" | "ask"; note: string };
const engine = <T>(value: T, note: string): Proposed<T> => ({ value, source: "engine", note });
const proposal = <T>(value: T, note: string): Proposed<T> => ({ value, source: "proposal", note });
const ask = (note: string): Proposed<never> => ({ value: null, source: "ask", note });

const SHOWN = "The engine shows it.";

/**
 * A pool that a running node would fit into: what it shows, what usually fits, and what only its operator knows.
 * @param adapterStore what to propose as the nodes' mount when no adapter tells
 */
export function proposePool(facts: NodeFacts, adapterStore: string): PoolProposal {
  const base = baseCards(facts.cards)[0];
  const { visible } = facts;
  const short = slugFrom(base?.id.split("/").at(-1) ?? "");
  const seenOrAsk = (value: number | null, flag: string) =>
    value === null
      ? ask(`The engine does not show it: see ${flag} in the command that started it.`)
      : engine(value, SHOWN);
  return {
    slug: short === null ? ask("Choose one.") : proposal(short, "From the base model's name."),
    name: short === null ? ask("Choose one.") : proposal(base?.id.split("/").at(-1) ?? "", "The base model's name."),
    baseModel: base
      ? engine(base.id, "As the engine calls it; adapters name it as base_model_name_or_path.")
      : ask("The engine lists no base model."),
    baseRevision: ask("The engine does not show which revision it runs; leave it out if it was started without one."),
    files: ask(
      "Give config.json, tokenizer.json and tokenizer_config.json of the base model: its API does not hand them out.",
    ),
    dtype: dtypeOf(facts.dtype),
    maxModelLen: seenOrAsk(base?.max_model_len ?? null, "--max-model-len"),
    maxLoras: seenOrAsk(visible.maxLoras, "--max-loras"),
    maxLoraRank: seenOrAsk(visible.maxLoraRank, "--max-lora-rank"),
    maxCpuLoras: seenOrAsk(visible.maxCpuLoras, "--max-cpu-loras"),
    gpuMemoryUtilization:
      visible.gpuMemoryUtilization === null
        ? ask("The engine does not show it: see --gpu-memory-utilization.")
        : engine(visible.gpuMemoryUtilization, SHOWN),
    adapterDirectory: adapterDirectory(facts, adapterStore),
    fallback: proposal(
      "base_model",
      "Customers get the base model, and are told, while their adapter cannot be served.",
    ),
    maxBatchWaitMs: proposal(50, "How long requests may wait to be grouped by adapter."),
  };
}

function dtypeOf(shown: string | null): Proposed<string> {
  const known = POOL_DTYPES.find((dtype) => dtype === shown);
  return known ? engine(known, SHOWN) : proposal("bfloat16", "The engine does not show it; most run in bfloat16.");
}

/** The folder that holds all adapters the node has loaded. */
function adapterDirectory({ cards }: NodeFacts, adapterStore: string): Proposed<string> {
  const roots = loraCards(cards).flatMap(({ root }) => (root?.startsWith("/") ? [root.split("/").slice(0, -1)] : []));
  const [first, ...others] = roots;
  if (!first) return proposal(adapterStore, "No adapter is loaded, so this is Switchyard's own adapter directory.");
  const depth = first.findIndex((part, at) => others.some((parts) => parts[at] !== part));
  const shared = first.slice(0, depth < 0 ? first.length : depth).join("/");
  return shared.length > 1
    ? proposal(shared, "Its adapters were loaded from here. Mount the adapter store at this path.")
    : proposal(adapterStore, "Its adapters come from several places; this is where Switchyard keeps them.");
}
