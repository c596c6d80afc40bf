import type { RegistrationStateName } from "./node-state.ts";

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
  /** After a failure: not before. */
  blockedUntil: Date | null;
};

/** What is on it. */
export type ObservedNode = {
  /** Right base model and a living engine: adapters may be loaded. */
  canLoad: boolean;
  /** Every LoRA name in `/v1/models` with its root. */
  listed: ReadonlyMap<string, string | null>;
  /** What the listed names' probes said in this epoch. */
  probed: ReadonlyMap<string, RegistrationStateName>;
};

export type NodeAction = {
  /** verify: bytes against their digests. forget: a placement that is neither wanted nor there. */
  kind: "verify" | "load" | "probe" | "unload" | "forget";
  placementId: string;
  loraName: string;
};

/**
 * What to do on one node, in order: first what is there but unproven, then what is missing, live versions before
 * others, at last what nobody wants any more. Names that nobody here asked for do not occur: they are never touched.
 * Planning again after the actions have been carried out yields none.
 */
export function planNode(desired: readonly DesiredPlacement[], observed: ObservedNode, now: Date): NodeAction[] {
  const isDue = (placement: DesiredPlacement) =>
    placement.blockedUntil === null || placement.blockedUntil.getTime() <= now.getTime();
  const wanted = desired.filter((placement) => placement.desire === "present").sort(liveFirst);
  const unproven = wanted.filter(
    (placement) => isListedAsOurs(placement, observed) && needsProbe(placement, observed, isDue(placement)),
  );
  const missing = wanted.filter(
    (placement) => !observed.listed.has(placement.loraName) && placement.isLoadable && isDue(placement),
  );
  const unwanted = desired.filter(
    (placement) => placement.desire === "absent" && !placement.isHeld && isDue(placement),
  );
  return [
    ...(observed.canLoad ? unproven.map((placement) => act("probe", placement)) : []),
    ...(observed.canLoad
      ? missing.flatMap((placement) => [act("verify", placement), act("load", placement), act("probe", placement)])
      : []),
    ...unwanted.flatMap((placement) => [
      ...(isListedAsOurs(placement, observed) ? [act("unload", placement)] : []),
      act("forget", placement),
    ]),
  ];
}

const act = (kind: NodeAction["kind"], placement: DesiredPlacement): NodeAction => ({
  kind,
  placementId: placement.placementId,
  loraName: placement.loraName,
});

const liveFirst = (a: DesiredPlacement, b: DesiredPlacement): number => Number(b.isLive) - Number(a.isLive);

/** The same name under another path was loaded by somebody else: it is shown, never overwritten. */
const isListedAsOurs = (placement: DesiredPlacement, observed: ObservedNode): boolean =>
  observed.listed.get(placement.loraName) === placement.path;

/** A name that turned up late, after a load whose reply was lost, is proven at once; an unclear probe waits its turn. */
function needsProbe(placement: DesiredPlacement, observed: ObservedNode, isDue: boolean): boolean {
  const state = observed.probed.get(placement.loraName);
  if (state === "routable" || state === "failed") return false;
  return isDue || state !== "probing";
}
