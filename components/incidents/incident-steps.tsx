"use client";

import { lazy, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { DownloadLink } from "#components/ui/download-link.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { OnceOpened } from "#components/ui/once-opened.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { useApi, useApiMutation } from "#components/ui/use-api.ts";
import type { IncidentDetail } from "#lib/incidents/browser/incident-schema.ts";

const PublishDialog = lazy(() => import("./publish-dialog.tsx").then((module) => ({ default: module.PublishDialog })));
const DismissDialog = lazy(() => import("./dismiss-dialog.tsx").then((module) => ({ default: module.DismissDialog })));
const ResolveDialog = lazy(() => import("./resolve-dialog.tsx").then((module) => ({ default: module.ResolveDialog })));
const CloseDialog = lazy(() => import("./close-dialog.tsx").then((module) => ({ default: module.CloseDialog })));

type Step =
  | "Accept draft"
  | "Dismiss draft"
  | "Publish update"
  | "Resolve incident"
  | "Assign to me"
  | "Close incident"
  | "Reopen incident";

/** What can be done where it stands, the next step first. */
const STEPS: Record<IncidentDetail["state"], readonly Step[]> = {
  draft: ["Accept draft", "Dismiss draft"],
  open: ["Publish update", "Resolve incident", "Assign to me"],
  resolved: ["Close incident", "Publish update", "Reopen incident"],
  closed: [],
  dismissed: [],
};

type Opened = "publish" | "dismiss" | "resolve" | "close" | null;

/** What can be done with it where it stands: one primary step, and those beside it. */
export function IncidentSteps({ incident }: { incident: IncidentDetail }) {
  const [opened, setOpened] = useState<Opened>(null);
  const denied = useDenied("fleet.operate");
  const accept = useApiMutation("POST /incidents/{incidentId}/accept");
  const hold = useApiMutation("POST /incidents/{incidentId}/hold");
  const reopen = useApiMutation("POST /incidents/{incidentId}/reopen");
  const params = { incidentId: incident.id };
  const close = () => setOpened(null);
  const steps: Record<Step, { run: () => void; isPending?: boolean }> = {
    "Accept draft": { run: () => accept.run({ params }), isPending: accept.isPending },
    "Dismiss draft": { run: () => setOpened("dismiss") },
    "Publish update": { run: () => setOpened("publish") },
    "Resolve incident": { run: () => setOpened("resolve") },
    "Assign to me": { run: () => hold.run({ params }), isPending: hold.isPending },
    "Close incident": { run: () => setOpened("close") },
    "Reopen incident": { run: () => reopen.run({ params }), isPending: reopen.isPending },
  };
  const me = useApi("GET /me", {}).data;
  const isMine = me !== undefined && incident.heldBy !== null && incident.heldBy === me.email;
  const offered = STEPS[incident.state].filter((step) => step !== "Assign to me" || !isMine);
  const problem = accept.problem ?? hold.problem ?? reopen.problem;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        {offered.map((label, index) => (
          <Button
            key={label}
            variant={index === 0 ? "primary" : "secondary"}
            className="max-sm:h-11"
            pending={steps[label].isPending ?? false}
            disabledReason={denied}
            onClick={steps[label].run}
          >
            {label}
          </Button>
        ))}
        {incident.state !== "draft" && incident.state !== "dismissed" && (
          <DownloadLink href={`/api/v1/incidents/${incident.id}/review`} name={`${incident.id}.md`}>
            {incident.state === "closed" ? "Download review" : "Download review so far"}
          </DownloadLink>
        )}
      </div>
      {problem && <ErrorState problem={problem} size="inline" />}
      <OnceOpened open={opened !== null}>
        {opened === "publish" && <PublishDialog incident={incident} onClose={close} />}
        {opened === "dismiss" && <DismissDialog incidentId={incident.id} onClose={close} />}
        {opened === "resolve" && <ResolveDialog incidentId={incident.id} onClose={close} />}
        {opened === "close" && <CloseDialog incidentId={incident.id} onClose={close} />}
      </OnceOpened>
    </div>
  );
}
