"use client";

import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { ChartView } from "#lib/metrics/browser/chart-view-schema.ts";

type RemoveViewsDialogProps = { open: boolean; onOpenChange: (open: boolean) => void; views: readonly ChartView[] };

/** Saved views with who saved them, each to be removed by itself. */
export function RemoveViewsDialog({ open, onOpenChange, views }: RemoveViewsDialogProps) {
  const remove = useApiMutation("DELETE /chart-views/{viewId}");
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Remove views"
      description="This removes the views for all staff. The data is kept."
      footer={<Button onClick={() => onOpenChange(false)}>Close</Button>}
    >
      <div className="flex flex-col gap-3">
        {views.length === 0 && <p className="text-md text-fg-2">No views left.</p>}
        <ul className="flex flex-col divide-y">
          {views.map(({ id, name, savedBy, savedAt }) => (
            <li key={id} className="flex items-center justify-between gap-4 py-2">
              <div className="min-w-0">
                <p className="text-md wrap-anywhere">{name}</p>
                <p className="text-sm text-fg-2">
                  {savedBy}, <Time at={savedAt} />
                </p>
              </div>
              <Button
                size="sm"
                aria-label={`Remove ${name}`}
                pending={remove.isPending}
                onClick={() => remove.run({ params: { viewId: id } })}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
        {remove.problem && <ErrorState problem={remove.problem} size="inline" />}
      </div>
    </Dialog>
  );
}
