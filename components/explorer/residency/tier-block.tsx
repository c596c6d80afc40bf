import { cn } from "#components/ui/cn.ts";
import type { MapSource, MapTier } from "./map-lines.ts";

/** Told apart by height and letter, not by colour alone: full, half, a line, hatched. */
const TIERS: Record<MapTier, { letter: string; look: string }> = {
  gpu: { letter: "G", look: "h-full bg-tier-gpu text-bg" },
  cpu: { letter: "C", look: "h-3 bg-tier-cpu text-bg" },
  absent: { letter: "", look: "h-0 border-b border-line-control" },
  unknown: { letter: "?", look: "hatch h-full border border-dashed border-line-control text-off" },
};
/** Half and open circles, as the marks of figures are. */
const SOURCES: Record<MapSource, { letter: string; look: string }> = {
  measured: { letter: "●", look: "h-3 bg-off-tint text-fg-2" },
  derived: { letter: "◐", look: "h-3 bg-off-tint text-fg-2" },
  inferred: { letter: "◌", look: "hatch h-3 border border-dashed border-line-control text-fg-2" },
};

const isTier = (is: MapTier | MapSource): is is MapTier => is in TIERS;

/** One run of the map, or its sample in the legend. */
export function TierBlock({ is, hasRoom }: { is: MapTier | MapSource; hasRoom: boolean }) {
  const { letter, look } = isTier(is) ? TIERS[is] : SOURCES[is];
  return (
    <span
      aria-hidden="true"
      className={cn(
        "block w-full overflow-hidden rounded-[2px] ps-0.5 font-mono text-[12px] leading-3 forced-color-adjust-none",
        look,
      )}
    >
      {hasRoom && letter}
    </span>
  );
}
