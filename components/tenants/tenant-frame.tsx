"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { LinkButton } from "../ui/button.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { journeyCall } from "../ui/page-calls.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { useApi } from "../ui/use-api.ts";
import { useTenantActions } from "./use-tenant-actions.tsx";

const REFRESH_MS = 4000;

/** Reads where one tenant stands; all its tabs share the answer. */
export const useJourney = (tenantId: string) => useApi(...journeyCall(tenantId), { refreshMs: REFRESH_MS });

/** Header and tabs of one tenant; its primary button is the next step of its track. */
export function TenantFrame({
  tenantId,
  secondary,
  children,
}: {
  tenantId: string;
  /** Beside the next step, on every tab. */
  secondary?: ReactNode;
  children: ReactNode;
}) {
  const pathname = usePathname();
  const journey = useJourney(tenantId);
  const tenant = journey.data;
  const actions = useTenantActions(tenant);
  if (!tenant) {
    if (journey.problem) return <ErrorState problem={journey.problem} onRetry={journey.retry} />;
    return <Skeleton className="h-20 w-full" />;
  }
  const { action } = tenant.nextStep;
  const root = `/tenants/${tenant.id}`;
  const offboarding = `${root}/offboarding`;
  const isClosed = tenant.status === "offboarding" || tenant.status === "archived";
  const isLeaving = isClosed || pathname === offboarding;
  return (
    <>
      <PageHeader
        title={tenant.name}
        parents={[{ label: "Tenants", href: "/tenants" }]}
        id={tenant.id}
        health={
          isClosed ? (
            <Status of="tenant" is={tenant.status} tinted />
          ) : (
            <Status of="service" is={tenant.health.state} tinted />
          )
        }
        meta={<span>{tenant.health.sentence}</span>}
        secondary={isClosed ? undefined : secondary}
        primary={
          action &&
          action.href !== pathname && (
            <LinkButton href={action.href} variant="primary">
              {action.label}
            </LinkButton>
          )
        }
        more={actions.items}
        tabs={<TenantTabs root={root} name={tenant.name} isLeaving={isLeaving} />}
      />
      {actions.dialogs}
      {children}
    </>
  );
}

function TenantTabs({ root, name, isLeaving }: { root: string; name: string; isLeaving: boolean }) {
  return (
    <Tabs
      label={`Sections of ${name}`}
      tabs={[
        { label: "Summary", href: root },
        { label: "Adapters", href: `${root}/adapters` },
        { label: "Routing", href: `${root}/routing` },
        { label: "Answer change", href: `${root}/answers` },
        { label: "Recorded requests", href: `${root}/recorded` },
        { label: "Release", href: `${root}/release` },
        { label: "Access", href: `${root}/access`, needs: "key.read" },
        { label: "Activity", href: `${root}/activity` },
        ...(isLeaving ? [{ label: "Off-boarding", href: `${root}/offboarding` }] : []),
      ]}
    />
  );
}
