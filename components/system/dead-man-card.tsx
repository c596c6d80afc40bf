"use client";

import { lazy, useState } from "react";
import type { DeadManSwitch } from "#lib/journey/browser/dead-man-schema.ts";
import { useStale } from "../ui/as-of.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { formatDuration } from "../ui/format-time.ts";
import { KeyValue } from "../ui/key-value.tsx";
import { OnceOpened } from "../ui/once-opened.tsx";
import { useDenied } from "../ui/reader.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { useApi, useApiMutation } from "../ui/use-api.ts";

const DeadManDialog = lazy(() => import("./dead-man-dialog.tsx").then((module) => ({ default: module.DeadManDialog })));
const REFRESH_MS = 10_000;

/** Alerts cannot tell that what sends them is gone: somebody outside has to miss these calls. */
export function DeadManCard() {
  const [open, setOpen] = useState<"address" | "remove" | null>(null);
  const { data, problem, retry, readAt } = useApi("GET /dead-man-switch", {}, { refreshMs: REFRESH_MS });
  const denied = useDenied("settings.write");
  const isStale = useStale(readAt, REFRESH_MS);
  const known = data?.deadManSwitch ?? null;
  const close = () => setOpen(null);
  const actions = data && (
    <>
      {known !== null && (
        <Button disabledReason={denied} onClick={() => setOpen("remove")}>
          Remove
        </Button>
      )}
      <Button disabledReason={denied} onClick={() => setOpen("address")}>
        {known === null ? "Set address" : "Change address"}
      </Button>
    </>
  );
  return (
    <Card title="Dead man's switch" stale={isStale} actions={actions}>
      {data === undefined ? (
        problem ? (
          <ErrorState problem={problem} onRetry={retry} />
        ) : (
          <Skeleton className="h-20 w-full" />
        )
      ) : known === null ? (
        <EmptyState title="No one is notified if Switchyard itself stops">
          Set the address of a service that expects a ping every minute and pages you when pings stop.
        </EmptyState>
      ) : (
        <Facts known={known} />
      )}
      <OnceOpened open={open === "address"}>
        {open === "address" && <DeadManDialog everySeconds={known?.everySeconds ?? null} onClose={close} />}
      </OnceOpened>
      <RemoveDialog isOpen={open === "remove"} onClose={close} />
    </Card>
  );
}

function RemoveDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const remove = useApiMutation("DELETE /dead-man-switch", { onDone: onClose });
  return (
    <ConfirmDialog
      open={isOpen}
      onOpenChange={() => {
        remove.reset();
        onClose();
      }}
      title="Remove the dead man's switch?"
      confirmLabel="Remove address"
      tone="danger"
      pending={remove.isPending}
      problem={remove.problem}
      onConfirm={() => remove.run({})}
    >
      The monitoring service will raise an alarm when pings stop; disable its check first. The address is deleted.
    </ConfirmDialog>
  );
}

const stateOf = ({ heldBack, lastError, lastBeatAt }: DeadManSwitch) =>
  heldBack !== null ? "held_back" : lastError !== null ? "failing" : lastBeatAt === null ? "waiting" : "calling";

function Facts({ known }: { known: DeadManSwitch }) {
  const { host, everySeconds, lastBeatAt, heldBack, lastError } = known;
  return (
    <KeyValue
      columns={2}
      rows={[
        { label: "State", value: <Status of="deadMan" is={stateOf(known)} /> },
        { label: "Address", value: `${host}, every ${formatDuration(everySeconds * 1000)}` },
        { label: "Last accepted call", value: lastBeatAt === null ? "none yet" : <Time at={lastBeatAt} /> },
        {
          label: "Reason",
          value:
            heldBack !== null ? (
              <>
                {heldBack.because}, since <Time at={heldBack.since} />
              </>
            ) : (
              (lastError ?? null)
            ),
          hint: "Switchyard calls it only while it is healthy. Calls also stop when notifications cannot be sent.",
        },
      ]}
    />
  );
}
