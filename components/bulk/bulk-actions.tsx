"use client";

import { lazy, useState } from "react";
import type { Job } from "#lib/jobs/schema.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { OnceOpened } from "../ui/once-opened.tsx";
import { useDenied } from "../ui/reader.tsx";
import type { BulkChoice, BulkKind } from "./use-bulk.ts";

const BulkDialog = lazy(() => import("./bulk-dialog.tsx").then((module) => ({ default: module.BulkDialog })));

/**
 * "Stage" and "Run gates" for many: each opens its preview, and starts one job.
 * @param choice what they work on; a filter means everything it matches
 */
export function BulkActions({ choice, onStarted }: { choice: BulkChoice; onStarted?: (job: Job) => void }) {
  const [kind, setKind] = useState<BulkKind>("stage");
  const [isOpen, setOpen] = useState(false);
  const denied = { stage: useDenied("placement.write"), gate: useDenied("eval.run") };
  const open = (next: BulkKind) => {
    setKind(next);
    setOpen(true);
  };
  const started = (job: Job) => {
    setOpen(false);
    onStarted?.(job);
  };
  return (
    <>
      <Button disabledReason={denied.stage} onClick={() => open("stage")}>
        Stage versions
      </Button>
      <Button disabledReason={denied.gate} onClick={() => open("gate")}>
        Run gates
      </Button>
      <LinkButton href={newBatchHref(choice ?? {})}>Cut over</LinkButton>
      <OnceOpened open={isOpen}>
        <BulkDialog kind={kind} choice={choice} open={isOpen} onOpenChange={setOpen} onStarted={started} />
      </OnceOpened>
    </>
  );
}

/** The page that makes a batch of cutovers, for the same adapters. */
function newBatchHref({ adapterIds, filter }: NonNullable<BulkChoice>): string {
  if (adapterIds) return `/cutovers/batches/new?adapters=${adapterIds.join(",")}`;
  const { q, tenantId, poolId, status, rank } = filter ?? {};
  const given = Object.entries({ q, tenant: tenantId, pool: poolId, status, rank });
  const search = new URLSearchParams(given.flatMap(([name, value]) => (value ? [[name, String(value)]] : [])));
  return `/cutovers/batches/new?${search}`;
}
