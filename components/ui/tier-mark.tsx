import { cn } from "./cn.ts";

/** Where a version's weights are: vLLM's two tiers, only on disk, nowhere, or not seen. */
export type Tier = "gpu" | "cpu" | "disk" | "absent" | "unknown";

const TIERS: Record<Tier, { letter: string; word: string; look: string }> = {
  gpu: { letter: "G", word: "GPU slot", look: "border-tier-gpu bg-tier-gpu text-bg" },
  cpu: { letter: "C", word: "CPU cache", look: "border-tier-cpu bg-tier-cpu text-bg" },
  disk: { letter: "D", word: "Disk", look: "border-tier-disk bg-tier-disk text-bg" },
  absent: { letter: "–", word: "Not in memory", look: "border-line-control text-fg-2" },
  unknown: { letter: "?", word: "Unknown", look: "border-dashed border-line-control bg-off-tint text-off" },
};

/** The letter of a tier in its colour: never a state's colour, and readable without any. */
export function TierSquare({ tier, className }: { tier: Tier; className?: string }) {
  const { letter, look } = TIERS[tier];
  return (
    <span
      aria-hidden="true"
      className={cn(
        "inline-flex size-4 shrink-0 items-center justify-center rounded-[3px] border font-mono text-[12px] leading-none",
        look,
        className,
      )}
    >
      {letter}
    </span>
  );
}

/** A tier with its word. */
export function TierMark({ tier, isShortOnPhones = false }: { tier: Tier; isShortOnPhones?: boolean }) {
  const isQuiet = tier === "unknown" || tier === "absent";
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <TierSquare tier={tier} />
      <span className={cn(isQuiet && "text-fg-3", isShortOnPhones && "max-sm:sr-only")}>{TIERS[tier].word}</span>
    </span>
  );
}
