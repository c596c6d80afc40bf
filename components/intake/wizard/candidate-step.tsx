"use client";

import type { JourneyTenant } from "#lib/journey/schema.ts";
import type { Version } from "#lib/registry/schema.ts";
import { LinkButton } from "../../ui/button.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useApi } from "../../ui/use-api.ts";
import { AddVersionPanel } from "../upload/add-version-panel.tsx";
import { GateStep } from "./gate-step.tsx";
import { LoadedStep } from "./loaded-step.tsx";
import { candidateOf, type WizardStep } from "./wizard-step.ts";

const REFRESH_MS = 4000;
type Props = { tenant: JourneyTenant; step: Exclude<WizardStep, "tenant" | "adapter"> };

/** The steps that are about one version. */
export function CandidateStep({ tenant, step }: Props) {
  const adapterId = tenant.adapterId ?? "";
  const isRead = adapterId !== "" && step !== "over";
  const adapter = useApi("GET /adapters/{adapterId}", { params: { adapterId } }, { enabled: isRead });
  const versions = useApi(
    "GET /versions",
    { query: { adapterId, limit: 20 } },
    { enabled: isRead, refreshMs: REFRESH_MS },
  );
  if (step === "over") return <Over tenant={tenant} />;
  const problem = adapter.problem ?? versions.problem;
  if (!adapter.data || !versions.data)
    return problem ? <ErrorState problem={problem} /> : <Skeleton className="h-60" />;
  const version = candidateOf(versions.data.items);
  if (step === "files" || step === "checks")
    return <Files adapter={adapter.data} version={version} onChanged={versions.retry} />;
  if (version === null) return <Skeleton className="h-60" />;
  if (step === "staged") return <LoadedStep version={version} next={tenant.nextStep} />;
  return <GateStep version={version} next={tenant.nextStep} />;
}

function Files({
  adapter,
  version,
  onChanged,
}: {
  adapter: { id: string; poolId: string };
  version: Version | null;
  onChanged: () => void;
}) {
  return (
    <AddVersionPanel adapter={adapter} current={version} onDraft={onChanged} onDone={onChanged} onStartOver={null} />
  );
}

/** Nothing left for the wizard: the next button is on the tenant's own pages. */
function Over({ tenant }: { tenant: JourneyTenant }) {
  const { action, sentence } = tenant.nextStep;
  return (
    <>
      <p className="text-md">{sentence}</p>
      <div className="flex flex-wrap gap-2">
        {action && (
          <LinkButton href={action.href} variant="primary">
            {action.label}
          </LinkButton>
        )}
        <LinkButton href={`/tenants/${tenant.id}`}>Open tenant</LinkButton>
        <LinkButton href="/tenants/onboard">Onboard another tenant</LinkButton>
      </div>
    </>
  );
}
