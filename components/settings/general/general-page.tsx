"use client";

import type { ReactNode } from "react";
import { ErrorState } from "#components/ui/error-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useApi } from "#components/ui/use-api.ts";
import { SettingsTabs } from "../settings-tabs.tsx";
import { CutoverFields } from "./cutover-fields.tsx";
import { FreezeWindowsCard } from "./freeze-windows-card.tsx";
import { GatewayFields } from "./gateway-fields.tsx";
import { GATEWAY_FIELDS, RELEASE_FIELDS } from "./settings-edit.ts";
import { SettingsPart } from "./settings-part.tsx";
import { useOwnSaves } from "./use-save-settings.ts";

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
          <SettingsPart title="Gateway and alerts" settings={read.data} fields={GATEWAY_FIELDS} {...part}>
            {(form) => <GatewayFields {...form} />}
          </SettingsPart>
          <SettingsPart title="Cutovers and evaluations" settings={read.data} fields={RELEASE_FIELDS} {...part}>
            {(form) => <CutoverFields {...form} />}
          </SettingsPart>
          <FreezeWindowsCard settings={read.data} {...part} />
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
