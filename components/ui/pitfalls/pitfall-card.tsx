"use client";

import { AsOf, useStale } from "../as-of.tsx";
import { Card } from "../card.tsx";
import { ErrorState } from "../error-state.tsx";
import { Skeleton } from "../skeleton.tsx";
import { useApi } from "../use-api.ts";
import { PitfallItem } from "./pitfall-item.tsx";

/** How often the detectors run. */
const CHECK_MS = 30_000;

/** What detectors see in a pool, or on a node and in its pool as a whole: evidence, cause, fix and prediction. */
export function PitfallCard({ scope }: { scope: { poolId: string } | { nodeId: string } }) {
  const read = useApi("GET /findings", { query: { ...scope, limit: 50 } }, { refreshMs: CHECK_MS / 3 });
  const { data } = read;
  const stale = useStale(data?.lookedAt, CHECK_MS);
  return (
    <Card
      title="Findings"
      aside={data && <AsOf at={data.lookedAt} intervalMs={CHECK_MS} />}
      stale={stale}
      // as it will be with findings: another head would move them when they come
      flush={data === undefined || data.items.length > 0}
    >
      {read.problem && (
        <div className="px-4 pb-4">
          <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />
        </div>
      )}
      {!data && !read.problem && (
        <div className="border-t p-4">
          <Skeleton className="h-10 w-full" />
        </div>
      )}
      {data && data.items.length === 0 && (
        <p className="text-md text-fg-2">
          {data.lookedAt === null
            ? "Not checked yet. The worker checks every 30 s."
            : "None of the seven pitfalls: no thrash, padding, answer change, CPU starvation, mismatch, costly batches or missing fallback."}
        </p>
      )}
      {data && data.items.length > 0 && (
        <ul className="divide-y border-t">
          {data.items.map((finding, index) => (
            <PitfallItem key={finding.id} finding={finding} isOpen={index === 0 && finding.severity !== "notice"} />
          ))}
        </ul>
      )}
    </Card>
  );
}
