import type { RegistrationStateName } from "../node-state.ts";

/** What should be on a node, reduced to what a decision needs. */
export type DesiredPlacement = {
  placementId: string;
  loraName: string;
  /** The path the node must list as the name's root. */
  path: string;
  desire: "present" | "absent";
  isHeld: boolean;
  isLoadable: boolean;
  /** Live versions come back first. */
  isLive: boolean;
  /** Of these, the most used first; 0 = not known to be used. */
  requestsPerMinute: number;
  /** After a failure: not before. */
  blockedUntil: Date | null;
  /** Unloaded, but a request that began before may still make the engine read its files. */
  mayBeRead: boolean;
};

/** What is on it. */
export type ObservedNode = {
  /** Right base model and a living engine: adapters may be loaded. */
  canLoad: boolean;
  /** Every LoRA name in `/v1/models` with its root. */
  listed: ReadonlyMap<string, string | null>;
  /** What the listed names' probes said in this epoch. */
  probed: ReadonlyMap<string, RegistrationStateName>;
  /** Our listed names whose bytes nobody proved, where the node must prove them: they are never asked anything. */
  unproven: ReadonlySet<string>;
};

/** What the pool says about its nodes. */
export type NodePolicy = {
  /** Names that nobody asked for: shown and left alone, or unloaded. */
  driftPolicy: "keep" | "remove";
  /** Copies the engine keeps in host memory; more than that push one another out. */
  maxCpuLoras: number;
};

export type PlacementAction = {
  /**
   * verify: bytes against their digests. discard: the unload of what was loaded without a proof of its bytes. forget: a placement that is neither wanted nor there; it is noted as unloaded
   * first, and goes when nobody can be reading its files any more.
   */
  kind: "verify" | "load" | "probe" | "unload" | "discard" | "forget";
  placementId: string;
  loraName: string;
};
/** The unload of a name that no placement speaks of. */
export type RemoveAction = { kind: "remove"; loraName: string };
export type NodeAction = PlacementAction | RemoveAction;

/**
 * What to do on one node, in order: first what is there and may not be, then what is there but unproven, then what is missing (live versions before others,
 * much used before little used, by name where that ties), at last what nobody wants any more.
 *
 * Unloads go before loads only where the copies would not fit otherwise: vLLM's Python server merely forgets a name on
 * unload and lets its weights go by LRU, its Rust server frees them, and neither is worth holding up a restart for. A
 * version that is held is never among them, so the one that serves stays until another one does.
 *
 * A name without any placement here is touched under the drift policy `remove` alone, and then only on a node that
 * serves the pool's base model. Our own name under another path has a placement: it is never touched, since vLLM's
 * prefix cache goes by name and another load of it could answer with the unmanaged adapter's cache (vllm.md §4.5).
 *
 * Planning again after the actions have been carried out yields none.
 */
export function planNode(
  desired: readonly DesiredPlacement[],
  observed: ObservedNode,
  policy: NodePolicy,
  now: Date,
): NodeAction[] {
  const isDue = (placement: DesiredPlacement) =>
    placement.blockedUntil === null || placement.blockedUntil.getTime() <= now.getTime();
  const wanted = desired.filter((placement) => placement.desire === "present").sort(neededFirst);
  const listed = wanted.filter((placement) => isListedAsOurs(placement, observed));
  const unread = listed.filter(({ loraName }) => observed.unproven.has(loraName));
  const unproven = listed.filter(
    (placement) => !unread.includes(placement) && needsProbe(placement, observed, isDue(placement)),
  );
  const missing = wanted.filter(
    (placement) =>
      (!observed.listed.has(placement.loraName) || unread.includes(placement)) &&
      placement.isLoadable &&
      isDue(placement),
  );
  const unwanted = desired.filter(
    (placement) => placement.desire === "absent" && !placement.isHeld && isDue(placement),
  );
  const probes = observed.canLoad ? unproven.map((placement) => act("probe", placement)) : [];
  const loads = observed.canLoad
    ? missing.flatMap((placement) => (unread.includes(placement) ? reloadingOf(placement) : loadingOf(placement)))
    : [];
  const discards = unread
    .filter((placement) => isDue(placement) && !(observed.canLoad && missing.includes(placement)))
    .map((placement) => act("discard", placement));
  const unloads = [
    ...unwanted.flatMap((placement) => [
      ...(isListedAsOurs(placement, observed) ? [act("unload", placement)] : []),
      ...(placement.mayBeRead && !isListedAsOurs(placement, observed) ? [] : [act("forget", placement)]),
    ]),
    ...unmanagedToRemove(desired, observed, policy),
  ];
  const isFull = observed.listed.size + missing.length > policy.maxCpuLoras;
  return [...discards, ...probes, ...(isFull ? [...unloads, ...loads] : [...loads, ...unloads])];
}

const act = (kind: PlacementAction["kind"], placement: DesiredPlacement): PlacementAction => ({
  kind,
  placementId: placement.placementId,
  loraName: placement.loraName,
});

const loadingOf = (placement: DesiredPlacement): PlacementAction[] => [
  act("verify", placement),
  act("load", placement),
  act("probe", placement),
];

const reloadingOf = (placement: DesiredPlacement): PlacementAction[] => [
  act("discard", placement),
  ...loadingOf(placement),
];

const neededFirst = (a: DesiredPlacement, b: DesiredPlacement): number =>
  Number(b.isLive) - Number(a.isLive) ||
  b.requestsPerMinute - a.requestsPerMinute ||
  (a.loraName < b.loraName ? -1 : Number(a.loraName > b.loraName));

function unmanagedToRemove(
  desired: readonly DesiredPlacement[],
  observed: ObservedNode,
  policy: NodePolicy,
): RemoveAction[] {
  if (policy.driftPolicy === "keep" || !observed.canLoad) return [];
  const ours = new Set(desired.map(({ loraName }) => loraName));
  return [...observed.listed.keys()]
    .filter((loraName) => !ours.has(loraName))
    .map((loraName) => ({ kind: "remove", loraName }));
}

/** The same name under another path was loaded by somebody else: it is shown, never overwritten. */
const isListedAsOurs = (placement: DesiredPlacement, observed: ObservedNode): boolean =>
  observed.listed.get(placement.loraName) === placement.path;

/** A name that turned up late, after a load whose reply was lost, is proven at once; an unclear probe waits its turn. */
function needsProbe(placement: DesiredPlacement, observed: ObservedNode, isDue: boolean): boolean {
  const state = observed.probed.get(placement.loraName);
  if (state === "routable" || state === "failed") return false;
  return isDue || state !== "probing";
}
