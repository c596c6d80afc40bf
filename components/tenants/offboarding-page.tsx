"use client";

import type { Offboarding } from "#lib/registry/browser/offboarding-schema.ts";
import { Button } from "../ui/button.tsx";
import { Card, Notice } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { saveText } from "../ui/save-text.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { useApi } from "../ui/use-api.ts";
import { OffboardingPreview } from "./offboarding-preview.tsx";
import { OffboardingSteps } from "./offboarding-steps.tsx";

const REFRESH_MS = 2000;

/** A tenant's way out: what would go, then step by step how it goes, then the record of it. */
export function OffboardingPage({ tenantId }: { tenantId: string }) {
  const read = useApi(
    "GET /tenants/{tenantId}/offboarding",
    { params: { tenantId } },
    { refreshMs: (data) => (data?.status === "archived" ? false : REFRESH_MS) },
  );
  const offboarding = read.data;
  if (!offboarding) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-80 w-full" />;
  }
  return (
    <div className="flex flex-col gap-6">
      {read.problem && <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />}
      {offboarding.preview ? (
        <OffboardingPreview offboarding={offboarding} preview={offboarding.preview} />
      ) : (
        <Progress offboarding={offboarding} />
      )}
    </div>
  );
}

function Progress({ offboarding }: { offboarding: Offboarding }) {
  const { status, steps, startedBy, startedAt, archivedAt, hasExport } = offboarding;
  const over = steps.filter(({ state }) => state === "done" || state === "skipped").length;
  const waiting = steps.filter(({ state, startedAt: begun }) => state === "waiting" && begun !== null);
  return (
    <>
      <section aria-labelledby="offboarding-title" className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <h2 id="offboarding-title" className="text-lg font-semibold">
            Off-boarding
          </h2>
          <Status of="tenant" is={status} tinted since={archivedAt ?? startedAt} />
          <span className="text-sm text-fg-2" role="status">
            {over} of {steps.length} steps done
          </span>
        </div>
        {waiting.length > 0 && status === "offboarding" && (
          <Notice tone="warn">
            All possible steps continue. Waiting steps show the reason below and resume automatically.
          </Notice>
        )}
      </section>
      <OffboardingSteps offboarding={offboarding} />
      <Card title="Record" actions={<SaveRecord offboarding={offboarding} />}>
        <KeyValue
          rows={[
            { label: "Started by", value: startedBy },
            { label: "Started", value: startedAt && <Time at={startedAt} /> },
            { label: "Archived", value: archivedAt ? <Time at={archivedAt} /> : "Not yet" },
            {
              label: "Restarts",
              value: offboarding.restartNodes
                ? "Requested"
                : "Not requested: memory is cleared at the node's next restart",
            },
            {
              label: "Export",
              value: hasExport
                ? "Kept: adapters, versions with digests and reports, gates, audit entries"
                : "Written before any file is deleted",
            },
          ]}
        />
      </Card>
    </>
  );
}

/** The export with what was removed where and when, as one JSON file. */
function SaveRecord({ offboarding }: { offboarding: Offboarding }) {
  const { tenantId, slug, hasExport } = offboarding;
  const read = useApi("GET /tenants/{tenantId}/offboarding/export", { params: { tenantId } }, { enabled: hasExport });
  const save = () =>
    read.data && saveText(`${slug}-offboarding.json`, JSON.stringify(read.data, null, 2), "application/json");
  return (
    <Button size="sm" disabledReason={hasExport ? null : "The export is not written yet."} onClick={save}>
      Download record
    </Button>
  );
}
