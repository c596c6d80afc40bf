"use client";

import type { ReactNode } from "react";
import { useStale } from "#components/ui/as-of.tsx";
import { TextLink } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/card.tsx";
import { Time } from "#components/ui/time.tsx";
import { ALERT_INTERVAL_MS } from "#lib/alerting/browser/alert-kinds.ts";

/** Nobody looks at the rules: never yet, or not for three of their intervals. */
export function useRulesStale(evaluatedAt: string | null): boolean {
  const isLate = useStale(evaluatedAt, ALERT_INTERVAL_MS);
  return evaluatedAt === null || isLate;
}

/**
 * What nobody looks at must not look calm, nor current.
 * @param children what that means for the page, to follow a colon
 */
export function RulesStale({ evaluatedAt, children }: { evaluatedAt: string | null; children: ReactNode }) {
  if (!useRulesStale(evaluatedAt)) return null;
  return (
    <Notice tone="warn" action={<TextLink href="/system">Open System</TextLink>}>
      {evaluatedAt === null ? (
        "Alert rules have not been evaluated yet; the worker may be down."
      ) : (
        <>
          Alert rules were last evaluated <Time at={evaluatedAt} as="as-of" />: {children}
        </>
      )}
    </Notice>
  );
}
