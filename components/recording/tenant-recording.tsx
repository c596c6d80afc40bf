"use client";

import { lazy, useState } from "react";
import type { RecordingState } from "#lib/evals/browser/recording-schema.ts";
import type { Adapter } from "#lib/registry/schema.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { OnceOpened } from "../ui/once-opened.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { ChosenAdapter } from "./chosen-adapter.tsx";
import { EndRecording } from "./end-recording.tsx";
import { RecordedList } from "./recorded-list.tsx";
import { RecordingCard } from "./recording-card.tsx";
import { useRecording } from "./use-recording.ts";

const RecordedSuite = lazy(() => import("./recorded-suite.tsx").then((module) => ({ default: module.RecordedSuite })));

/** What a customer lets be kept for tests, and the suite that is made of it. */
export function TenantRecording({ tenantId }: { tenantId: string }) {
  return (
    <ChosenAdapter tenantId={tenantId} audience="staff">
      {(adapter) => <OfAdapter key={adapter.id} adapter={adapter} />}
    </ChosenAdapter>
  );
}

function OfAdapter({ adapter }: { adapter: Adapter }) {
  const { state, problem, retry } = useRecording(adapter.id);
  if (!state) {
    if (problem) return <ErrorState problem={problem} onRetry={retry} />;
    return <Skeleton className="h-60 w-full" />;
  }
  const { recording, cases } = state;
  const title = `Recorded requests of ${adapter.slug}`;
  if (recording === null)
    return (
      <Card title={title} aside={<Status of="recording" is="never" />}>
        <p className="text-md">The customer allows recording in its portal.</p>
        <p className="max-w-[72ch] text-md text-fg-2">
          Only a customer admin can allow it, under “Recorded requests”. Then some requests are recorded, redacted, and
          you can make a suite from them.
        </p>
      </Card>
    );
  return (
    <>
      {problem && <ErrorState problem={problem} onRetry={retry} size="inline" />}
      <RecordingCard
        state={state}
        recording={recording}
        title={title}
        audience="staff"
        footer={
          <>
            <MakeSuite state={state} />
            <EndRecording state={state} audience="staff" />
            {cases > 0 && (
              <span className="basis-full">
                Names in running text are not recognised. Review the requests before you make a suite from them.
              </span>
            )}
          </>
        }
      />
      {(cases > 0 || recording.endedAt === null) && <RecordedList state={state} adapterSlug={adapter.slug} />}
    </>
  );
}

function MakeSuite({ state }: { state: RecordingState }) {
  const [isMaking, setMaking] = useState(false);
  const denied = useDenied("eval.run");
  return (
    <>
      <Button
        disabledReason={denied ?? (state.cases === 0 ? "No requests recorded." : undefined)}
        onClick={() => setMaking(true)}
      >
        Make a suite
      </Button>
      <OnceOpened open={isMaking}>
        {isMaking && <RecordedSuite adapterId={state.adapterId} cases={state.cases} onClose={() => setMaking(false)} />}
      </OnceOpened>
    </>
  );
}
