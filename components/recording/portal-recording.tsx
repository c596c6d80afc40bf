"use client";

import { useState } from "react";
import type { Adapter } from "#lib/registry/schema.ts";
import { Button } from "../ui/button.tsx";
import { Card, Notice } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { ChosenAdapter } from "./chosen-adapter.tsx";
import { ConsentForm } from "./consent-form.tsx";
import { EndRecording } from "./end-recording.tsx";
import { RecordedList } from "./recorded-list.tsx";
import { RecordingCard } from "./recording-card.tsx";
import { useRecording } from "./use-recording.ts";
import { WhatIsKept } from "./what-is-kept.tsx";

/** Where a customer lets requests be kept for tests, sees what is kept, and ends it. */
export function PortalRecording() {
  return (
    <>
      <PageHeader
        title="Recorded requests"
        meta="Real requests are the best tests for a new version. They are recorded only if you allow it."
      />
      <ChosenAdapter audience="customer">{(adapter) => <OfModel key={adapter.id} adapter={adapter} />}</ChosenAdapter>
    </>
  );
}

function OfModel({ adapter }: { adapter: Adapter }) {
  const { state, problem, retry } = useRecording(adapter.id);
  const [isAllowing, setAllowing] = useState(false);
  const denied = useDenied("recording.allow");
  if (!state) {
    if (problem) return <ErrorState problem={problem} onRetry={retry} />;
    return <Skeleton className="h-60 w-full" />;
  }
  const { recording, cases, liveVersionId } = state;
  const isOver = recording !== null && recording.endedAt !== null;
  const isAsking = recording === null || (isOver && isAllowing);
  return (
    <>
      {problem && <ErrorState problem={problem} onRetry={retry} size="inline" />}
      {isAsking && liveVersionId === null && (
        <Notice tone="warn">
          No version is live yet, so there are no answers to record. Recording starts with the first live version; its
          days count from today.
        </Notice>
      )}
      {isAsking && (
        <Card title={`Allow recording of requests to ${adapter.slug} for tests`}>
          <ConsentForm
            adapterId={adapter.id}
            words={recording?.words ?? []}
            {...(recording ? { onCancel: () => setAllowing(false) } : {})}
          />
        </Card>
      )}
      {recording && (
        <RecordingCard
          state={state}
          recording={recording}
          title={isOver ? `Last recording of ${adapter.slug}` : `Recording of ${adapter.slug}`}
          audience="customer"
          footer={
            <>
              {isOver && !isAllowing && (
                <Button disabledReason={denied} onClick={() => setAllowing(true)}>
                  Allow recording again
                </Button>
              )}
              <EndRecording state={state} audience="customer" />
            </>
          }
        />
      )}
      {!isAsking && <WhatWasAgreed />}
      {(cases > 0 || (recording && !isOver)) && <RecordedList state={state} adapterSlug={adapter.slug} />}
    </>
  );
}

/** The same words as were agreed to, for whoever comes back. */
const WhatWasAgreed = () => (
  <details className="rounded-card border">
    <summary className="cursor-pointer px-4 py-2 text-sm font-medium pointer-coarse:py-3">
      What is recorded, and what is replaced
    </summary>
    <div className="border-t p-4">
      <WhatIsKept />
    </div>
  </details>
);
