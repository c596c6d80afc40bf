"use client";

import { cn } from "#components/ui/cn.ts";
import { Popover } from "#components/ui/popover.tsx";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import type { Change } from "#lib/journey/browser/changes-schema.ts";

type Props = {
  is: Change;
  /** What happened, as the row says it. */
  what: string;
  /** What the button says. */
  words: string;
  className?: string;
};

/** All that a row has no room for: who, why, and every field before and after. Opened by touch, mouse or keyboard. */
export function ChangeDetails({ is, what, words, className }: Props) {
  const { diff, reason, actor } = is;
  if (diff.length === 0 && reason === null) return null;
  return (
    <Popover
      label={`${what}: difference and reason`}
      align="end"
      trigger={(props) => (
        <button
          type="button"
          {...props}
          aria-label={`${words}: ${what}`}
          className={cn(
            "inline-flex h-6 shrink-0 items-center rounded-control text-sm text-accent underline decoration-transparent underline-offset-2 hover:decoration-current pointer-coarse:h-10 pointer-coarse:min-w-10",
            className,
          )}
        >
          {words}
        </button>
      )}
    >
      <ScrollRegion label="Difference" className="flex max-h-96 flex-col gap-2 overflow-y-auto text-sm">
        {actor !== null && <p>By {actor}</p>}
        {reason !== null && <p className="text-fg-2">{reason}</p>}
        {diff.length > 0 && (
          <dl className="flex flex-col gap-2">
            {diff.map(({ field, before, after }) => (
              <div key={field}>
                <dt className="font-mono text-xs break-all text-fg-2">{field}</dt>
                <dd className="wrap-anywhere">
                  {before ?? "none"} → {after ?? "none"}
                </dd>
              </div>
            ))}
          </dl>
        )}
      </ScrollRegion>
    </Popover>
  );
}
