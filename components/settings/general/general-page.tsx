"use client";

import type { ReactNode } from "react";
import { ErrorState } from "#components/ui/error-state.tsx";
import { FreezeWindowLine } from "#components/ui/freeze-window-line.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useApi } from "#components/ui/use-api.ts";
import { SettingsTabs } from "../settings-tabs.tsx";
import { CutoverFields } from "./cutover-fields.tsx";
import { FreezeWindows } from "./freeze-windows.tsx";
import { GatewayFields } from "./gateway-fields.tsx";
import { SettingsCard, useOwnSaves } from "./settings-card.tsx";
import { GATEWAY_FIELDS, RELEASE_FIELDS } from "./settings-parts.ts";

/** What counts for all pools, and what new tenants begin with; it is live, so nothing is restarted. */
export function GeneralPage({ release }: { release: ReactNode }) {
  const read = useApi("GET /settings", {});
  const denied = useDenied("settings.write");
  const part = { denied, saves: useOwnSaves(), onDiscard: read.retry };
  return (
    <>
      <PageHeader
        title="Settings"
        meta="Settings for all pools. Changes reach the gateway immediately, without a restart."
        tabs={<SettingsTabs />}
      />
      {read.data ? (
        <>
          <SettingsCard title="Gateway and alerts" settings={read.data} fields={GATEWAY_FIELDS} {...part}>
            {(form) => <GatewayFields form={form} />}
          </SettingsCard>
          <SettingsCard title="Cutovers and evaluations" settings={read.data} fields={RELEASE_FIELDS} {...part}>
            {(form) => <CutoverFields form={form} />}
          </SettingsCard>
          <SettingsCard title="Freeze windows" settings={read.data} fields={["freezeWindows"]} {...part}>
            {(form) => (
              <>
                <FreezeWindowLine windows={read.data?.freezeWindows ?? []} />
                <FreezeWindows form={form} />
              </>
            )}
          </SettingsCard>
          {release}
        </>
      ) : read.problem ? (
        <ErrorState problem={read.problem} onRetry={read.retry} />
      ) : (
        <div aria-busy="true">
          <Skeleton className="h-96 w-full" />
        </div>
      )}
    </>
  );
}
