"use client";

import { useStale } from "#components/ui/as-of.tsx";
import { TextLink } from "#components/ui/button.tsx";
import { Card, Notice } from "#components/ui/card.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { SEVERITY_ROLE } from "#components/ui/pitfalls/severity-role.ts";
import { Pending } from "#components/ui/skeleton.tsx";
import { StatusShape } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useApi } from "#components/ui/use-api.ts";
import type { PitfallFinding } from "#lib/alerting/browser/finding-schema.ts";

/** How often the detectors run. */
const REFRESH_MS = 30_000;
const ASKED = 50;
const SHOWN = 3;

/** What detectors see here, the gravest first, each the way to its evidence and fix: nothing at all when they see nothing. */
export function OpenFindings({ scope = {} }: { scope?: { poolId?: string; nodeId?: string } }) {
  const read = useApi("GET /findings", { query: { ...scope, limit: ASKED } }, { refreshMs: REFRESH_MS });
  const isStale = useStale(read.data?.lookedAt ?? null, REFRESH_MS);
  if (read.problem) return <ErrorState problem={read.problem} onRetry={read.retry} size="inline" />;
  if (read.data === undefined) return <Pending />;
  const { items, lookedAt, nextCursor } = read.data;
  if (lookedAt === null || isStale)
    return (
      <Notice tone="warn" action={<TextLink href="/system">System</TextLink>}>
        {lookedAt === null ? (
          "The checks for the seven pitfalls have not run yet."
        ) : (
          <>
            The checks for the seven pitfalls last ran <Time at={lookedAt} />. Findings since then are unknown.
          </>
        )}
      </Notice>
    );
  if (items.length === 0) return null;
  return (
    <Card title="Findings" aside={`${items.length}${nextCursor === null ? "" : "+"} open`}>
      <ul className="flex flex-col divide-y">
        {items.slice(0, SHOWN).map((finding) => (
          <FindingLine key={finding.id} finding={finding} />
        ))}
      </ul>
      {items.length > SHOWN && (
        <p className="mt-1 text-sm text-fg-3">The {SHOWN} most severe; see the pool and node pages for the others.</p>
      )}
    </Card>
  );
}

function FindingLine({ finding }: { finding: PitfallFinding }) {
  const { severity, title, sentence, firstSeenAt, nodeId, poolId } = finding;
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-2">
      <span className="flex min-w-0 grow basis-80 items-baseline gap-2">
        <StatusShape state={SEVERITY_ROLE[severity]} />
        <span className="min-w-0 text-md wrap-anywhere">
          <TextLink href={nodeId === null ? `/pools/${poolId}` : `/nodes/${nodeId}`} className="text-fg">
            {title}
          </TextLink>{" "}
          <span className="text-fg-2">{sentence}</span>
        </span>
      </span>
      <span className="text-sm text-fg-3">
        <Time at={firstSeenAt} as="age" />
      </span>
    </li>
  );
}
