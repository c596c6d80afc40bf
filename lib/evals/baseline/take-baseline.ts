import type { Ctx } from "#lib/identity/ctx.ts";
import { conflict } from "#lib/platform/errors.ts";
import type { VersionRecord } from "#lib/registry/versions/version-store.ts";
import type { BaselineKind, BaselineOrigin } from "../browser/baseline-schema.ts";
import { chooseBaseline } from "./choose-baseline.ts";
import { type BaselineSite, readBaselineSite } from "./read-facts.ts";

/** Who the candidate is measured against, and whether that can pass a gate. */
export type Baseline = { gates: boolean } & (
  | { kind: "live"; version: VersionRecord }
  | { kind: "origin"; origin: BaselineOrigin }
  | { kind: "standalone"; nodeId: string }
  | { kind: "itself" }
  | { kind: "base" }
);

/**
 * The baseline that was named, or the one that is taken when none was.
 * @throws AppError `conflict`: `no_baseline`, or the code of what stands against the one that was named
 */
export async function takeBaseline(
  ctx: Ctx,
  version: VersionRecord,
  wanted: BaselineKind | undefined,
): Promise<Baseline> {
  const site = await readBaselineSite(ctx, version);
  const { choices, unnamed } = chooseBaseline(site.facts);
  const kind = wanted ?? unnamed;
  if (kind === null)
    throw conflict(
      "no_baseline",
      "There is nothing to compare with: no other version is live, and the pool has no standalone node.",
      `Add a node to the pool with standalone: true, then run the gate again.${originHint(site)} To see drift only, name baseline "itself"; to go live without a gate, override it with a reason.`,
    );
  const choice = choices.find((one) => one.kind === kind);
  if (choice?.refusal) throw conflict(choice.refusal.code, choice.refusal.message, choice.refusal.fix, "baseline");
  return { ...found(kind, site), gates: choice?.gates ?? false };
}

const originHint = ({ facts: { origin } }: BaselineSite): string =>
  origin === null || origin.hasEnded || origin.isOthers
    ? ""
    : ` Or name the current deployment, ${origin.host}: baseline "origin".`;

function found(kind: BaselineKind, { live, origin, standaloneNodeId }: BaselineSite) {
  switch (kind) {
    case "live":
      return { kind, version: present(live) };
    case "origin":
      return { kind, origin: present(origin) };
    case "standalone":
      return { kind, nodeId: present(standaloneNodeId) };
    case "itself":
    case "base":
      return { kind };
  }
}

/** What nothing was said against is there. */
function present<T>(value: T | null): T {
  if (value === null) throw new Error("a baseline without objections does not exist");
  return value;
}
