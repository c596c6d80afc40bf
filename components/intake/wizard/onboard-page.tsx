"use client";

import { parseAsString, useQueryState } from "nuqs";
import { type ReactNode, useEffect, useRef } from "react";
import type { JourneyTenant } from "#lib/journey/schema.ts";
import { Card } from "../../ui/card.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { useDenied } from "../../ui/reader.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { Steps } from "../../ui/steps.tsx";
import { useApi } from "../../ui/use-api.ts";
import { AdapterStep } from "./adapter-step.tsx";
import { CandidateStep } from "./candidate-step.tsx";
import { TenantStep } from "./tenant-step.tsx";
import { WhatNext } from "./what-next.tsx";
import { WIZARD_STEPS, type WizardStep, wizardStepOf } from "./wizard-step.ts";

const REFRESH_MS = 3000;

const TITLES: Record<WizardStep, string> = {
  tenant: "Customer",
  adapter: "Model name and pool",
  files: "Adapter files",
  checks: "Check results",
  staged: "Load on the nodes",
  gate: "Compare answers",
  over: "Onboarding complete",
};

/**
 * One customer from a name to a passed gate. The URL names the tenant and the catalog knows the rest, so it can be left
 * at any step and gone on with in any browser.
 */
export function OnboardPage() {
  const [tenantId, setTenantId] = useQueryState("tenant", parseAsString.withDefault(""));
  const denied = useDenied("tenant.write");
  const journey = useApi(
    "GET /journey/tenants/{tenantId}",
    { params: { tenantId } },
    { enabled: tenantId !== "", refreshMs: REFRESH_MS },
  );
  const tenant = journey.data?.id === tenantId ? journey.data : null;
  const header = (
    <PageHeader
      title={tenant ? `Onboard ${tenant.name}` : "Onboard a tenant"}
      parents={[
        { label: "Tenants", href: "/tenants" },
        ...(tenant ? [{ label: tenant.name, href: `/tenants/${tenant.id}` }] : []),
      ]}
    />
  );
  if (denied)
    return (
      <>
        {header}
        <EmptyState title="Only admins onboard tenants">{denied}</EmptyState>
      </>
    );
  if (tenantId !== "" && !tenant)
    return journey.problem ? (
      <ErrorState problem={journey.problem} onRetry={journey.retry} />
    ) : (
      <>
        {header}
        <Skeleton className="h-80 w-full max-w-220" />
      </>
    );
  const step = wizardStepOf(tenant);
  return (
    <>
      {header}
      <Track tenant={tenant} step={step} />
      <StepFocus step={step}>
        <div className="grid max-w-280 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
          <Card title={TITLES[step]}>
            <div className="flex flex-col gap-4">
              {tenant === null && <TenantStep onDone={({ id }) => void setTenantId(id)} />}
              {tenant && step === "adapter" && <AdapterStep tenantId={tenant.id} />}
              {tenant && step !== "tenant" && step !== "adapter" && <CandidateStep tenant={tenant} step={step} />}
            </div>
          </Card>
          <WhatNext tenant={tenant} step={step} />
        </div>
      </StepFocus>
    </>
  );
}

function Track({ tenant, step }: { tenant: JourneyTenant | null; step: WizardStep }) {
  return (
    <div className="max-w-280">
      <Steps
        steps={WIZARD_STEPS}
        step={step === "over" ? "gate" : step}
        state={step === "over" ? "done" : (tenant?.nextStep.state ?? "waiting")}
        whoseMove={step === "over" ? "nobody" : (tenant?.nextStep.whoseMove ?? "you")}
      />
    </div>
  );
}

/** A new step takes the focus, so that it is read from its title on; forms then put it into their first field. */
function StepFocus({ step, children }: { step: WizardStep; children: ReactNode }) {
  const element = useRef<HTMLDivElement>(null);
  const seen = useRef(step);
  useEffect(() => {
    if (seen.current === step) return;
    seen.current = step;
    if (element.current?.contains(document.activeElement) !== true || step !== "adapter")
      element.current?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, [step]);
  return (
    <div ref={element} tabIndex={-1} className="focus:outline-none" data-wizard-step={step}>
      {children}
    </div>
  );
}
