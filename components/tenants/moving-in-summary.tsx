"use client";

import type { MovingInPage } from "#lib/cutover/browser/moving-in-schema.ts";
import { formatMoney, formatNumber, quantityText } from "../ui/format.ts";
import { movingInCall } from "../ui/page-calls.ts";
import { useReader } from "../ui/reader.tsx";
import { Pending } from "../ui/skeleton.tsx";
import { useApi } from "../ui/use-api.ts";

const REFRESH_MS = 10_000;

const WORDS: Record<MovingInPage["states"][number]["state"], string> = {
  at_origin: "on their origin",
  moving: "moving",
  in_pool: "in the pool, origin kept",
  may_end: "ready to switch off their origin",
  ended: "with origin switched off",
};

/** How far customers have come on their way into the pool, and what that has freed; nothing where none ever had an origin. */
export function MovingInSummary() {
  const { locale } = useReader();
  const read = useApi(...movingInCall, { refreshMs: REFRESH_MS });
  const page = read.data;
  if (read.isPending) return <Pending />;
  if (!page || page.states.every(({ count }) => count === 0)) return null;
  const counts = page.states.filter(({ count }) => count > 0).map(({ state, count }) => `${count} ${WORDS[state]}`);
  return (
    <p className="text-sm text-fg-2">
      <span className="font-medium text-fg">Moving in:</span> {counts.join(", ")}. {freedText(page, locale)}
    </p>
  );
}

function freedText({ freed, mayEnd }: MovingInPage, locale: string): string {
  const amount = ({ gpus, costPerMonth, withoutGpus, withoutCost }: MovingInPage["freed"]) => {
    const unknown = Math.max(withoutGpus, withoutCost);
    const text = `${formatNumber(gpus, locale)} ${gpus === 1 ? "GPU" : "GPUs"}, ${quantityText(formatMoney(costPerMonth, "USD", "month", locale))}`;
    return unknown === 0 ? text : `${text}, plus ${unknown} undeclared`;
  };
  const more = mayEnd.endpoints === 0 ? "" : ` ${amount(mayEnd)} can be freed now.`;
  return `Freed so far: ${freed.endpoints === 0 ? "0 GPUs" : amount(freed)}.${more}`;
}
