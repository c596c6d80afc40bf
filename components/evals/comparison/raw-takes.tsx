import type { CaseResult } from "#lib/evals/schema.ts";
import { ScrollRegion } from "../../ui/scroll-region.tsx";
import { StatusShape } from "../../ui/status.tsx";
import { STATUS_ROLE, STATUS_WORD, TakeStrip } from "./take-strip.tsx";

type Take = CaseResult["modes"]["greedy"]["candidate"][number];

/** Each time a side was asked: its mark, what is wrong with it, and the reply's text as it came. */
export function RawTakes({ side, takes }: { side: string; takes: readonly Take[] }) {
  return (
    <section aria-label={side} className="flex flex-col gap-1.5">
      <h4 className="flex items-center gap-2 text-sm font-medium">
        {side}
        <TakeStrip side={side} statuses={takes.map(({ status }) => status)} />
      </h4>
      {takes.length === 0 && <p className="text-sm text-fg-3">Not run yet.</p>}
      {takes.map((take) => (
        <details key={take.id} className="rounded-card border text-sm">
          <summary className="flex cursor-pointer flex-wrap items-center gap-x-2 px-2 py-1.5">
            <StatusShape state={STATUS_ROLE[take.status]} />
            <span>
              Take {take.take}, {STATUS_WORD[take.status]}
            </span>
            <span className="text-fg-2">{take.message}</span>
          </summary>
          <div className="flex flex-col gap-1 border-t px-2 py-1.5">
            <p className="text-xs text-fg-3">{factsOf(take)}</p>
            {take.rawReply === null ? (
              <p className="text-fg-2">No valid reply was received.</p>
            ) : (
              <ScrollRegion
                label={`Raw reply of ${side.toLowerCase()}, take ${take.take}`}
                className="max-h-64 overflow-auto"
              >
                <pre className="font-mono text-xs leading-5 break-all whitespace-pre-wrap">{take.rawReply}</pre>
              </ScrollRegion>
            )}
          </div>
        </details>
      ))}
    </section>
  );
}

function factsOf({ kind, finishReason, seed, nodeName, latencyMs, attempts }: Take): string {
  return [
    kind.replaceAll("_", " "),
    `finish reason ${finishReason ?? "none"}`,
    seed === null ? null : `seed ${seed}`,
    nodeName,
    latencyMs === null ? null : `${latencyMs} ms`,
    attempts > 1 ? `${attempts} attempts until a valid reply` : null,
  ]
    .filter((fact) => fact !== null)
    .join(" · ");
}
