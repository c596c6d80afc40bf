"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmConsequences } from "#components/ui/confirm-consequences.tsx";
import { formatMoney, formatNumber, quantityText } from "#components/ui/format.ts";
import { useDenied, useReader } from "#components/ui/reader.tsx";
import { useApiMutation } from "#components/ui/use-api.ts";
import type { MovingIn } from "#lib/cutover/browser/moving-in-schema.ts";
import type { Adapter } from "#lib/registry/schema.ts";

/** What an endpoint takes its owner, as declared: "1 GPU and $600 / month". */
export function useDeclared({ gpus, costPerMonth }: Pick<MovingIn, "gpus" | "costPerMonth">): string {
  const { locale } = useReader();
  const parts = [
    gpus === null ? null : `${formatNumber(gpus, locale)} ${gpus === 1 ? "GPU" : "GPUs"}`,
    costPerMonth === null ? null : quantityText(formatMoney(costPerMonth, "USD", "month", locale)),
  ].filter((part) => part !== null);
  return parts.length === 0 ? "an unknown amount" : parts.join(" and ");
}

/** Says that a customer's endpoint was switched off: there is no way back to it, and what it took is freed. */
export function EndOrigin({ adapter, item }: { adapter: Adapter; item: MovingIn }) {
  const [isAsking, setAsking] = useState(false);
  const denied = useDenied("cutover.start");
  const frees = useDeclared(item);
  const name = item.endpointName;
  const end = useApiMutation("POST /adapters/{adapterId}/origin/end", {
    alsoRefresh: ["moving-in", "cutovers"],
    onDone: () => setAsking(false),
  });
  return (
    <>
      <Button size="sm" disabledReason={denied} onClick={() => setAsking(true)}>
        Mark as switched off
      </Button>
      <ConfirmConsequences
        open={isAsking}
        onOpenChange={(open) => {
          end.reset();
          setAsking(open);
        }}
        title={`Is ${name} switched off?`}
        confirmLabel="Mark as switched off"
        tone="danger"
        pending={end.isPending}
        problem={end.problem}
        onConfirm={() => end.run({ params: { adapterId: adapter.id }, generation: adapter.route.generation, body: {} })}
        consequences={{
          changes: [
            "You can no longer roll back to it, only to earlier versions.",
            `Its resources count as freed: ${frees}.`,
            ...(item.state === "in_pool" ? ["The planned retention date has not been reached yet."] : []),
          ],
          tenantCount: 0,
          load: null,
          undo: null,
        }}
      />
    </>
  );
}
