"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Job } from "#lib/jobs/schema.ts";
import { Button } from "../ui/button.tsx";
import { useDenied } from "../ui/reader.tsx";
import { notify } from "../ui/toast.tsx";
import { BulkDialog } from "./bulk-dialog.tsx";
import type { BulkChoice, BulkKind } from "./use-bulk.ts";

/**
 * "Stage" and "Run gates" for many: each opens its preview, and starts one job.
 * @param choice what they work on; a filter means everything it matches
 */
export function BulkActions({ choice, onStarted }: { choice: BulkChoice; onStarted?: (job: Job) => void }) {
  const router = useRouter();
  const [kind, setKind] = useState<BulkKind>("stage");
  const [isOpen, setOpen] = useState(false);
  const denied = { stage: useDenied("placement.write"), gate: useDenied("eval.run") };
  const open = (next: BulkKind) => {
    setKind(next);
    setOpen(true);
  };
  const started = (job: Job) => {
    setOpen(false);
    notify({
      title: "Job started",
      detail: job.title,
      tone: "ok",
      action: { label: "Open job", onClick: () => router.push(`/jobs/${job.id}`) },
    });
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
      <BulkDialog kind={kind} choice={choice} open={isOpen} onOpenChange={setOpen} onStarted={started} />
    </>
  );
}
