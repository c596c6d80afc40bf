"use client";

import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { useDenied } from "#components/ui/reader.tsx";
import { Time } from "#components/ui/time.tsx";
import { notify } from "#components/ui/toast.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import { CONTROL_MINUTES } from "#lib/fleet/browser/control-kinds.ts";
import type { Control } from "#lib/fleet/browser/control-schema.ts";
import { TOUCHED } from "./control-words.ts";

/** One thing that is in force: what, who, why, for how long, and the way back. */
export function ControlNotice({
  control,
  title = control.title,
  revertLabel = "Revert",
}: {
  control: Control;
  title?: string;
  revertLabel?: string;
}) {
  const denied = useDenied("fleet.operate");
  const params = { controlId: control.id };
  const alsoRefresh = TOUCHED;
  const revert = useApiMutation("POST /controls/{controlId}/revert", {
    alsoRefresh,
    onDone: ({ title }) => notify({ title: `${title}: reverted`, tone: "ok" }),
  });
  const renew = useApiMutation("POST /controls/{controlId}/renew", { alsoRefresh });
  const problem = revert.problem ?? renew.problem;
  return (
    <Notice
      tone="warn"
      action={
        <div className="flex gap-2">
          <Button
            size="sm"
            aria-label={`Renew for ${CONTROL_MINUTES.default} min: ${control.title}`}
            pending={renew.isPending}
            disabledReason={denied}
            onClick={() => renew.run({ params, body: { minutes: CONTROL_MINUTES.default } })}
          >
            Renew {CONTROL_MINUTES.default} min
          </Button>
          <Button
            size="sm"
            aria-label={`${revertLabel}: ${control.title}`}
            pending={revert.isPending}
            disabledReason={denied}
            onClick={() => revert.run({ params, body: {} })}
          >
            {revertLabel}
          </Button>
        </div>
      }
    >
      <p className="font-medium">{title}</p>
      <p className="break-words">{control.reason}</p>
      <p className="text-sm">
        Set by {control.startedBy}, <Time at={control.startedAt} />
        {control.renewedBy && control.renewedAt && (
          <>
            ; renewed by {control.renewedBy}, <Time at={control.renewedAt} />
          </>
        )}
        . Ends <Time at={control.expiresAt} /> (<Time at={control.expiresAt} as="absolute" />
        ).
      </p>
      {problem && <ErrorState problem={problem} size="inline" />}
    </Notice>
  );
}
