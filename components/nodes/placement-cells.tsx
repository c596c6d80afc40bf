import { Time } from "#components/ui/time.tsx";
import type { Placement, ProbeResult } from "#lib/fleet/schema.ts";

/** Why a placement is as it is, how often it was tried and when again. */
export function WhyCell({ placement }: { placement: Placement }) {
  const { message, updating, attempts, nextAttemptAt } = placement;
  return (
    <span title={message}>
      {updating && <span className="text-fg-3">older request: </span>}
      {message || "–"}
      {nextAttemptAt && (
        <span className="text-fg-3">
          {" "}
          · {attempts === 1 ? "1 attempt" : `${attempts} attempts`}, next <Time at={nextAttemptAt} />
        </span>
      )}
    </span>
  );
}

const OUTCOME: Record<ProbeResult["outcome"], string> = {
  effect: "Has an effect",
  no_effect: "No effect",
  wrong_model: "Wrong model",
  not_a_number: "Not a number",
  inconclusive: "Unclear, retrying",
};

/** What the one request after the load showed: how far the adapter moved the base's answers, and what that had to beat. */
export function ProbeCell({ probe }: { probe: ProbeResult | null }) {
  if (probe === null) return <span className="text-fg-3">Not probed</span>;
  const isGood = probe.outcome === "effect" || probe.outcome === "inconclusive";
  return (
    <span className="whitespace-nowrap">
      {probe.outcome !== "effect" && (
        <span className={isGood ? "me-1.5" : "me-1.5 text-bad"}>{OUTCOME[probe.outcome]}</span>
      )}
      {probe.adapterDelta !== null && probe.threshold !== null && (
        <span
          className="text-fg-2"
          title={`${OUTCOME[probe.outcome]}: difference of log-probabilities over ${probe.positions} positions`}
        >
          Δ {probe.adapterDelta.toPrecision(3)}, needs {probe.threshold.toPrecision(2)}
        </span>
      )}
    </span>
  );
}

/** Who needs a version here; what nobody holds goes. */
export function HeldBy({ holds }: Pick<Placement, "holds">) {
  if (holds.length === 0) return <span className="text-fg-3">None</span>;
  const reasons = holds.map((hold) => hold.reason).join(", ");
  return (
    <span className="block max-w-36 truncate" title={reasons}>
      {reasons}
    </span>
  );
}
