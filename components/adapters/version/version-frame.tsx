"use client";

import ChevronLeft from "lucide-react/icons/chevron-left";
import ChevronRight from "lucide-react/icons/chevron-right";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import type { Version } from "#lib/registry/schema.ts";
import { LinkButton, TextLink } from "../../ui/button.tsx";
import { CopyButton, CopyId } from "../../ui/copy.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { versionTitle } from "../../ui/object-title.ts";
import { journeyCall, versionCall } from "../../ui/page-calls.ts";
import { PageHeader } from "../../ui/page-header.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Status } from "../../ui/status.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { useApi } from "../../ui/use-api.ts";
import { AliasTags } from "./alias-tags.tsx";
import { comparedWith, compareHref, neighboursOf } from "./lineage.ts";
import { useLineage } from "./use-lineage.ts";
import { useVersionActions } from "./use-version-actions.tsx";
import { VersionNotice } from "./version-notice.tsx";

const REFRESH_MS = 4000;

/** One version; its tabs share the answer. */
export const useVersion = (versionId: string) => useApi(...versionCall(versionId), { refreshMs: REFRESH_MS });

const rootOf = (version: Pick<Version, "adapterId" | "id">) => `/adapters/${version.adapterId}/versions/${version.id}`;

/** States whose notice holds the one button of the page. */
const SPOKEN_FOR = ["rejected", "quarantined", "draft"];

/** Header and tabs of one version; the primary button is its tenant's next step while that is about this version. */
export function VersionFrame({ versionId, children }: { versionId: string; children: ReactNode }) {
  const read = useVersion(versionId);
  const version = read.data;
  const siblings = useLineage(version?.adapterId);
  const actions = useVersionActions(version);
  const nextStep = useNextStep(version);
  if (!version && read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} />;
  // the header's buttons wrap on a phone: it is shown once it is whole, so that nothing below it moves
  if (!version || siblings.isPending || nextStep.isPending) return <Skeleton className="h-20 w-full" />;
  const lineage = siblings.data?.items ?? [];
  const root = rootOf(version);
  const other = comparedWith(lineage, version);
  return (
    <>
      <PageHeader
        title={versionTitle(version)}
        parents={[
          { label: "Adapters", href: "/adapters" },
          { label: version.adapterSlug, href: `/adapters/${version.adapterId}` },
        ]}
        id={version.id}
        health={
          <>
            <Status of="version" is={version.status} tinted />
            <AliasTags aliases={version.aliases.filter((alias) => alias !== version.status)} />
          </>
        }
        meta={<Names version={version} lineage={lineage} />}
        primary={nextStep.link}
        more={actions.items}
        secondary={
          other && (
            <LinkButton href={compareHref(version.adapterId, version, other)}>Compare with v{other.number}</LinkButton>
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
      {actions.dialogs}
      <VersionNotice version={version} />
      {children}
    </>
  );
}

/** What nodes know it by, what its bytes are known by, and the way to its neighbours. */
function Names({ version, lineage }: { version: Version; lineage: readonly Version[] }) {
  const { previous, next } = neighboursOf(lineage, version.number);
  return (
    <>
      {version.loraName && (
        <span className="inline-flex items-center gap-0.5">
          <code className="break-all font-mono text-xs">{version.loraName}</code>
          <CopyButton text={version.loraName} label="Copy lora name" />
        </span>
      )}
      {version.digest && (
        <span className="inline-flex items-center gap-1">
          Digest <CopyId id={version.digest} label="digest" />
        </span>
      )}
      <nav aria-label="Other versions" className="inline-flex items-center gap-3">
        {previous && (
          <TextLink href={rootOf(previous)} className="inline-flex items-center">
            <ChevronLeft aria-hidden="true" className="size-4" />v{previous.number}
          </TextLink>
        )}
        {next && (
          <TextLink href={rootOf(next)} className="inline-flex items-center">
            v{next.number}
            <ChevronRight aria-hidden="true" className="size-4" />
          </TextLink>
        )}
      </nav>
    </>
  );
}

/** The tenant's next step, where it is about this version and not on this very page. */
function useNextStep(version: Version | undefined): { isPending: boolean; link: ReactNode } {
  const pathname = usePathname();
  const isAsked = version !== undefined && !SPOKEN_FOR.includes(version.state);
  const journey = useApi(...journeyCall(version?.tenantId ?? ""), { enabled: isAsked, refreshMs: REFRESH_MS });
  const action = journey.data?.nextStep.action;
  if (!isAsked || !action) return { isPending: isAsked && journey.isPending, link: null };
  const isAboutThis =
    action.href.startsWith(rootOf(version)) || action.kind === "see_run" || action.kind === "see_cutover";
  if (!isAboutThis || action.href === pathname) return { isPending: false, link: null };
  const link = (
    <LinkButton href={action.href} variant="primary">
      {action.label}
    </LinkButton>
  );
  return { isPending: false, link };
}
