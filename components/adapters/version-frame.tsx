"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import type { Version } from "#lib/registry/schema.ts";
import { LinkButton } from "../ui/button.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { useApi } from "../ui/use-api.ts";

const REFRESH_MS = 4000;

/** One version; its tabs share the answer. */
export const useVersion = (versionId: string) =>
  useApi("GET /versions/{versionId}", { params: { versionId } }, { refreshMs: REFRESH_MS });

const rootOf = (version: Version) => `/adapters/${version.adapterId}/versions/${version.id}`;

/** Header and tabs of one version; the primary button is its tenant's next step while that is about this version. */
export function VersionFrame({ versionId, children }: { versionId: string; children: ReactNode }) {
  const read = useVersion(versionId);
  const pathname = usePathname();
  const version = read.data;
  const journey = useApi(
    "GET /journey/tenants/{tenantId}",
    { params: { tenantId: version?.tenantId ?? "" } },
    { enabled: version !== undefined, refreshMs: REFRESH_MS },
  );
  if (!version) {
    if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
    return <Skeleton className="h-20 w-full" />;
  }
  const root = rootOf(version);
  const action = journey.data?.nextStep.action;
  const isHere = action?.href === pathname; // the tab itself holds the button
  const isAboutThis = action?.href.startsWith(root) || action?.kind === "see_run" || action?.kind === "see_cutover";
  return (
    <>
      <PageHeader
        title={`${version.adapterSlug} v${version.number}`}
        parents={[
          { label: "Adapters", href: "/adapters" },
          { label: version.adapterSlug, href: `/adapters/${version.adapterId}` },
        ]}
        id={version.id}
        health={<Status of="version" is={version.status} tinted />}
        meta={version.loraName && <code className="break-all font-mono text-xs">{version.loraName}</code>}
        primary={
          action &&
          isAboutThis &&
          !isHere && (
            <LinkButton href={action.href} variant="primary">
              {action.label}
            </LinkButton>
          )
        }
        tabs={
          <Tabs
            label={`Sections of version ${version.number}`}
            tabs={[
              { label: "Report", href: root },
              { label: "Files", href: `${root}/files` },
              { label: "Placements", href: `${root}/placements` },
              { label: "Gate", href: `${root}/gate` },
              { label: "History", href: `${root}/history` },
            ]}
          />
        }
      />
      {children}
    </>
  );
}
