import type { EngineLimits, Node } from "#lib/fleet/schema.ts";
import { cpuPlacesFor } from "#lib/pools/browser/cpu-places.ts";
import type { Pool } from "#lib/pools/schema.ts";

/** The nodes a rollout restarts, and what of them serves customers. */
export type RolloutFleet = {
  nodes: readonly Pick<Node, "id" | "name" | "standalone" | "cordoned" | "conditions">[];
};

const isServing = ({ standalone, cordoned, conditions }: RolloutFleet["nodes"][number]): boolean =>
  !standalone && !cordoned && conditions.some(({ type, status }) => type === "Reachable" && status === "true");

/** The order in which a rollout takes them: what serves no customers first, so that wrong limits show there. */
export const inRolloutOrder = <Each extends RolloutFleet["nodes"][number]>(nodes: readonly Each[]): Each[] =>
  nodes.toSorted((a, b) => Number(isServing(a)) - Number(isServing(b)) || a.id.localeCompare(b.id));

const namesOf = (nodes: readonly { name: string }[]): string => nodes.map(({ name }) => name).join(", ");

/** How the nodes come to be restarted, in words. */
const HOW: Record<Pool["restartStep"], string> = {
  manual:
    "Each restart waits for you. The rollout page shows the exact command and continues when the new process answers.",
  webhook: "Your webhook receives the command for each restart.",
  simulated: "The nodes are simulated and restart automatically.",
};

export type Consequence = { tone: "plain" | "warn"; text: string };

/** What follows when these limits are rolled out, the worst first. */
export function rolloutConsequences(
  pool: Pick<Pool, "restartStep" | "adapterCount">,
  before: EngineLimits,
  target: EngineLimits,
  fleet: RolloutFleet,
): Consequence[] {
  const warn = (text: string): Consequence => ({ tone: "warn", text });
  const plain = (text: string): Consequence => ({ tone: "plain", text });
  const cache = cpuPlacesFor(pool.adapterCount, target.maxLoras);
  return [
    whoServes(fleet),
    ...(target.maxCpuLoras < target.maxLoras
      ? [warn("The CPU cache would be smaller than the GPU slots: vLLM does not start in this configuration.")]
      : []),
    ...(target.maxCpuLoras >= target.maxLoras && target.maxCpuLoras < cache
      ? [
          warn(
            `The CPU cache would have ${target.maxCpuLoras} places for ${pool.adapterCount} adapters; 1.2 per adapter is ${cache}. Adapters that do not fit are read from disk.`,
          ),
        ]
      : []),
    ...(target.maxLoraRank < before.maxLoraRank
      ? [warn(`Adapters above rank ${target.maxLoraRank} cannot be loaded any more.`)]
      : []),
    ...(target.maxLoraRank > before.maxLoraRank
      ? [plain(`Every slot grows to rank ${target.maxLoraRank}, regardless of adapter rank.`)]
      : []),
    ...(target.maxModelLen < before.maxModelLen
      ? [warn(`Requests longer than ${target.maxModelLen} tokens are refused.`)]
      : []),
    plain("One node at a time drains, restarts and reloads its adapters before the next one."),
    plain(HOW[pool.restartStep]),
    plain(
      "If a node does not recover, the rollout stops. That node stays out of service, and the rest keep the old limits.",
    ),
  ];
}

function whoServes({ nodes }: RolloutFleet): Consequence {
  const serving = nodes.filter(isServing);
  if (serving.length === 0) return { tone: "plain", text: "No node of this pool serves customers now." };
  if (serving.length === 1)
    return {
      tone: "warn",
      text: `${namesOf(serving)} is the only node that serves: while it restarts, its tenants get their fallback or are refused.`,
    };
  return {
    tone: "plain",
    text: `Of ${serving.length} nodes that serve, one at a time is out of service; ${serving.length === 2 ? "the other one answers" : `the other ${serving.length - 1} answer`} all requests.`,
  };
}
