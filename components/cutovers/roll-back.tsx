"use client";

import { useState } from "react";
import type { Cutover } from "#lib/cutover/schema.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmConsequences } from "../ui/confirm-consequences.tsx";
import { Field } from "../ui/field.tsx";
import { fieldError } from "../ui/field-error.ts";
import { Input } from "../ui/input.tsx";
import { adapterTitle } from "../ui/object-title.ts";
import { tenantAdaptersCall, tenantCutoversCall } from "../ui/page-calls.ts";
import { useDenied } from "../ui/reader.tsx";
import { Pending } from "../ui/skeleton.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";
import { backTo, rollBackRefusal } from "./way-back.ts";

/** One pointer change, or the end of a share: it needs no worker, and is undone by another cutover. */
export function RollBack({ cutover, label = "Roll back" }: { cutover: Cutover; label?: string }) {
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const denied = useDenied("cutover.rollback");
  const rollback = useApiMutation("POST /cutovers/{cutoverId}/rollback", {
    alsoRefresh: ["adapters", "versions"],
    onDone: () => setAsking(false),
  });
  const target = backTo(cutover) ?? "nothing";
  const given = reason.trim();
  const body = given === "" ? {} : { reason: given };
  return (
    <>
      <Button disabledReason={denied ?? rollBackRefusal(cutover)} onClick={() => setAsking(true)}>
        {label}
      </Button>
      <ConfirmConsequences
        open={isAsking}
        onOpenChange={setAsking}
        title={`Roll ${adapterTitle(cutover)} back to ${target}?`}
        confirmLabel={`Roll back to ${target}`}
        tone="danger"
        pending={rollback.isPending}
        problem={rollback.problem}
        onConfirm={() => rollback.run({ params: { cutoverId: cutover.id }, body })}
        consequences={{
          changes: [
            rollBackChange(cutover, target),
            "Requests in progress finish on the version they started with.",
            `v${cutover.toNumber} is marked as rolled back, with your name and reason.`,
          ],
          tenantCount: 1,
          load: null,
          undo: `Start a cutover to v${cutover.toNumber} again`,
        }}
      >
        <Field
          label="Reason"
          hint="Optional. Shown on the version and on the tenant."
          error={fieldError(rollback.problem, "reason")}
        >
          {(control) => (
            <Input {...control} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
          )}
        </Field>
      </ConfirmConsequences>
    </>
  );
}

function rollBackChange({ phase, weight, toNumber, fromNumber, tenantName }: Cutover, target: string): string {
  if (phase === "canary")
    return `The ${weight} % of the conversations that v${toNumber} has return to ${target} at once.`;
  return fromNumber === null
    ? `New requests of ${tenantName} go to its own endpoint at once, as before it moved in.`
    : `New requests of ${tenantName} are answered by ${target} at once; it is still warm.`;
}

const REFRESH_MS = 5000;

/** "Roll back" of each adapter that has something live; disabled with the reason while there is nothing to go back to. */
export function RollBackTenant({ tenantId }: { tenantId: string }) {
  const adapters = useApi(...tenantAdaptersCall(tenantId), { refreshMs: REFRESH_MS });
  const cutovers = useApi(...tenantCutoversCall(tenantId), { refreshMs: REFRESH_MS });
  // on a phone a button that came later would wrap the header, and move all below it
  if (adapters.isPending || cutovers.isPending) return <Pending />;
  const latest = (adapters.data?.items ?? []).flatMap((adapter) => {
    const own = (cutovers.data?.items ?? []).filter(({ adapterId }) => adapterId === adapter.id);
    return (
      own.find(({ canRollBack }) => canRollBack) ??
      own.find(({ toVersionId }) => toVersionId === adapter.route.liveVersionId) ??
      []
    );
  });
  return latest.map((cutover) => (
    <RollBack
      key={cutover.adapterId}
      cutover={cutover}
      {...(latest.length > 1 ? { label: `Roll back ${cutover.adapterSlug}` } : {})}
    />
  ));
}
