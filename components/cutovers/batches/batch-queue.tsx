"use client";

import { TextLink } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { activeBatchesCall } from "../../ui/page-calls.ts";
import { Status } from "../../ui/status.tsx";
import { Time } from "../../ui/time.tsx";
import { useApi } from "../../ui/use-api.ts";
import { BatchBar } from "./batch-bar.tsx";
import { batchStatus, cutovers, totalOf } from "./batch-words.ts";

const REFRESH_MS = 3_000;

/** Batches that may still start something, above the list of cutovers; nothing where there is none. */
export function BatchQueue() {
  const batches = useApi(...activeBatchesCall, { refreshMs: REFRESH_MS }).data?.items;
  if (batches === undefined || batches.length === 0) return null;
  return (
    <Card title="Batch queue">
      <ul className="flex flex-col gap-4">
        {batches.map((batch) => (
          <li key={batch.id} className="flex flex-col gap-1.5">
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
              <TextLink href={`/cutovers/batches/${batch.id}`} className="font-medium">
                Batch of {cutovers(totalOf(batch))}
              </TextLink>
              <Status of="batch" is={batchStatus(batch)} />
              <span className="text-fg-2">
                {batch.atOnce} at a time, started by {batch.requestedBy} <Time at={batch.createdAt} />
              </span>
            </p>
            <BatchBar batch={batch} />
            {batch.message && <p className="text-sm text-fg-2">{batch.message}</p>}
          </li>
        ))}
      </ul>
    </Card>
  );
}
