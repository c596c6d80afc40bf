"use client";

import type { ReactNode } from "react";
import type { JourneyTenant } from "#lib/journey/schema.ts";
import { MetricChart } from "../charts/metric-chart.tsx";
import { AsOf } from "../ui/as-of.tsx";
import { TextLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CopyBlock } from "../ui/copy.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { Stat } from "../ui/measurement.tsx";
import { NextStepTrack } from "../ui/next-step-track.tsx";
import { journeyCall } from "../ui/page-calls.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { useReader } from "../ui/reader.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { useApi, useApiList } from "../ui/use-api.ts";

const REFRESH_MS = 5000;

/** One question answered for a customer: is my model live and healthy, and if not, what now. */
export function PortalStatus({
  tenantId,
  gatewayUrl,
  tryIt,
  fallbackNow,
  approvals,
  incidents,
  promises,
  fallbacks,
}: {
  tenantId: string;
  gatewayUrl: string;
  /** A button that asks the model. */
  tryIt: ReactNode;
  /** While something else answers: what, and why. */
  fallbackNow: ReactNode;
  /** What waits for them to decide, where anything does. */
  approvals: ReactNode;
  /** What they were told of incidents, where anything was. */
  incidents: ReactNode;
  /** What they were promised, where anything was. */
  promises: ReactNode;
  /** When something else answered. */
  fallbacks: ReactNode;
}) {
  const journey = useApi(...journeyCall(tenantId), { refreshMs: REFRESH_MS });
  const tenant = journey.data;
  if (!tenant) {
    if (journey.problem) return <ErrorState problem={journey.problem} onRetry={journey.retry} />;
    return <Skeleton className="h-40 w-full" />;
  }
  return (
    <>
      <PageHeader title={tenant.name} secondary={<AsOf at={journey.readAt} intervalMs={REFRESH_MS} />} />
      <AnswerCard tenant={tenant} />
      {fallbackNow}
      {incidents}
      {!tenant.live && <WayToLive next={tenant.nextStep} />}
      {approvals}
      <Card title="Last 5 minutes">
        <div className="flex flex-wrap gap-x-12 gap-y-4">
          <Stat label="p95 latency" value={tenant.live ? tenant.p95 : undefined} />
          <Stat label="Answered by a fallback" value={tenant.live ? tenant.fallbackShare : undefined}>
            of {tenant.requestCount} {tenant.requestCount === 1 ? "request" : "requests"}
          </Stat>
        </div>
      </Card>
      {promises}
      <MetricChart metric="latency" scope={{ tenantId }} />
      {fallbacks}
      <ConnectCard gatewayUrl={gatewayUrl} tryIt={tryIt} />
    </>
  );
}

/** Where a customer that was never live is, and whose move it is. */
function WayToLive({ next }: { next: JourneyTenant["nextStep"] }) {
  return (
    <Card title="Your steps to go live">
      <div className="flex flex-col gap-3">
        <NextStepTrack next={next} size="full" />
        <p className="text-md text-fg-2">{next.sentence}</p>
      </div>
    </Card>
  );
}

/** The sentence, and what it rests on. */
function AnswerCard({ tenant }: { tenant: JourneyTenant }) {
  return (
    <Card>
      <div className="flex flex-col gap-2 pt-1">
        <Status of="service" is={tenant.health.state} tinted className="self-start" />
        <p className="text-lg" data-answer="">
          {tenant.health.sentence}
        </p>
        {tenant.live && (
          <p className="text-md text-fg-2">
            Version {tenant.live.number}
            {tenant.live.since && (
              <>
                {" "}
                went live <Time at={tenant.live.since} />
              </>
            )}
            {tenant.health.checkedAt && (
              <>
                , checked <Time at={tenant.health.checkedAt} />
              </>
            )}
            .
          </p>
        )}
      </div>
    </Card>
  );
}

/** Base URL, model name and an example that runs. */
function ConnectCard({ gatewayUrl, tryIt }: { gatewayUrl: string; tryIt: ReactNode }) {
  const adapters = useApiList("GET /adapters", { query: {} });
  const { may } = useReader();
  const model = adapters.items?.find((adapter) => adapter.isDefault) ?? adapters.items?.[0];
  return (
    <Card title="Connect" actions={model && tryIt}>
      {model ? (
        <div className="flex flex-col gap-2">
          <p className="text-md text-fg-2">
            Base URL and model name for any OpenAI client.{" "}
            {may.includes("key.read") ? (
              <>
                Keys are on the <TextLink href="/portal/keys">Keys</TextLink> tab.
              </>
            ) : (
              "Ask an admin of your team for a key."
            )}
          </p>
          <CopyBlock label="Copy example" text={example(gatewayUrl, model.slug)} />
          <p className="text-xs text-fg-3">
            In the reply, <code>model</code> names the version that answered. It changes with each cutover, so do not
            compare it with the model you sent.
          </p>
        </div>
      ) : (
        <EmptyState title="No model yet">Your provider is preparing it.</EmptyState>
      )}
    </Card>
  );
}

const example = (gatewayUrl: string, model: string): string =>
  [
    `curl ${gatewayUrl}/v1/chat/completions \\`,
    '  -H "authorization: Bearer $YOUR_KEY" -H "content-type: application/json" \\',
    `  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}'`,
  ].join("\n");
