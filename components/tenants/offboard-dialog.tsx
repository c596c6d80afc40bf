"use client";

import { useState } from "react";
import type { Offboarding, OffboardingPreview } from "#lib/registry/browser/offboarding-schema.ts";
import { ConfirmConsequences } from "../ui/confirm-consequences.tsx";
import { formatBytes, quantityText } from "../ui/format.ts";
import { useReader } from "../ui/reader.tsx";
import { Checkbox } from "../ui/toggle.tsx";
import { useApiMutation } from "../ui/use-api.ts";

type Props = {
  offboarding: Offboarding;
  preview: OffboardingPreview;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

/** Says everything that follows, lets the restarts be chosen, and asks for the slug. */
export function OffboardDialog({ offboarding, preview, open, onOpenChange }: Props) {
  const [restartNodes, setRestartNodes] = useState(false);
  const { locale } = useReader();
  const { tenantId, slug, name } = offboarding;
  const start = useApiMutation("POST /tenants/{tenantId}/offboard", {
    alsoRefresh: ["adapters", "versions", "placements"],
    onDone: () => onOpenChange(false),
  });
  const nodes = preview.residue.map(({ nodeName }) => nodeName).join(", ");
  return (
    <ConfirmConsequences
      open={open}
      onOpenChange={(next) => {
        start.reset();
        onOpenChange(next);
      }}
      title={`Off-board ${name} permanently?`}
      confirmLabel={`Off-board ${slug}`}
      tone="danger"
      typedName={slug}
      pending={start.isPending}
      problem={start.problem}
      onConfirm={() => start.run({ params: { tenantId }, body: { confirm: slug, restartNodes } })}
      consequences={{
        changes: [
          "The gateway immediately refuses its requests, with 403 tenant_closed.",
          `${plural(preview.keys, "key")} revoked, ${plural(preview.people, "membership")} removed.`,
          `${plural(preview.openRuns, "evaluation")} cancelled, ${plural(preview.openCutovers, "cutover")} ended.`,
          `${plural(preview.versions, "version")} unloaded and deleted, with ${quantityText(formatBytes(preview.bytes, locale))} in the adapter store.`,
          "A record of what was removed, where and when, is kept. Off-boarding cannot be stopped once started.",
        ],
        tenantCount: 1,
        load: restartNodes && nodes !== "" ? `${nodes} restart, one at a time` : null,
        undo: null,
      }}
    >
      {preview.residue.length > 0 && (
        <Checkbox
          label="Restart the nodes that loaded it"
          hint={`${nodes}: one at a time, by the pool’s restart step. Otherwise weights may stay in memory until the next restart.`}
          checked={restartNodes}
          onChange={(event) => setRestartNodes(event.target.checked)}
        />
      )}
    </ConfirmConsequences>
  );
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
