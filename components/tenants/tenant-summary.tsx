"use client";

import { TextLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { FALLBACK_WORDS } from "../ui/fallback-policy.ts";
import { KeyValue } from "../ui/key-value.tsx";
import { Stat } from "../ui/measurement.tsx";
import { NextStepTrack } from "../ui/next-step-track.tsx";
import { tenantCall } from "../ui/page-calls.ts";
import { RolledBackNotice } from "../ui/rolled-back-notice.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { useApi } from "../ui/use-api.ts";
import { useJourney } from "./tenant-frame.tsx";

/** How one tenant is served, where it stands, and its policy. */
export function TenantSummary({ tenantId }: { tenantId: string }) {
  const tenant = useJourney(tenantId).data;
  if (!tenant) return null;
  return (
    <div className="flex flex-col gap-6">
      {tenant.rolledBack && <RolledBackNotice number={tenant.rolledBack.number} rollback={tenant.rolledBack} />}
      <Card title="Steps to live">
        <div className="flex flex-col gap-3">
          <NextStepTrack next={tenant.nextStep} size="full" />
          <p className="text-md text-fg-2">{tenant.nextStep.sentence}</p>
        </div>
      </Card>
      <div className="grid gap-6 lg:grid-cols-2">
        <Card
          title="Service, last 5 minutes"
          aside={<Checked at={tenant.health.checkedAt} />}
          actions={<TextLink href={`/charts/tenants/${tenantId}`}>Board of {tenant.name}</TextLink>}
        >
          <div className="flex flex-wrap gap-x-12 gap-y-4">
            <Stat label="p95 latency" value={tenant.live ? tenant.p95 : undefined}>
              {tenant.requestCount} requests
            </Stat>
            <Stat label="Answered by a fallback" value={tenant.live ? tenant.fallbackShare : undefined} />
          </div>
        </Card>
        <Policy tenantId={tenantId} />
      </div>
    </div>
  );
}

function Checked({ at }: { at: string | null }) {
  return at ? (
    <>
      checked <Time at={at} />
    </>
  ) : (
    "not checked yet"
  );
}

function Policy({ tenantId }: { tenantId: string }) {
  const read = useApi(...tenantCall(tenantId));
  const tenant = read.data;
  if (!tenant) return read.problem ? <ErrorState problem={read.problem} onRetry={read.retry} /> : null;
  return (
    <Card title="Policy" aside={<Status of="tenant" is={tenant.status} />}>
      <KeyValue
        rows={[
          { label: "Slug", value: <code className="font-mono text-xs">{tenant.slug}</code> },
          { label: "Created", value: <Time at={tenant.createdAt} /> },
          {
            label: "When unavailable",
            value: (
              <>
                {FALLBACK_WORDS[tenant.fallback]} · <TextLink href={`/tenants/${tenant.id}/routing`}>Routing</TextLink>
              </>
            ),
          },
          { label: "Requests", value: <TextLink href={`/requests?tenant=${tenant.id}`}>The latest</TextLink> },
          { label: "Charts", value: <TextLink href={`/charts?tenant=${tenant.id}`}>Latency and requests</TextLink> },
        ]}
      />
    </Card>
  );
}
