"use client";

import { TextLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Time } from "#components/ui/time.tsx";
import type { AlertDetail } from "#lib/alerting/browser/alert-schema.ts";
import type { Cause, CauseCandidate } from "#lib/alerting/browser/cause-schema.ts";
import { AlertFindings } from "./alert-findings.tsx";

const STATE_WORDS: Record<Cause["state"], string> = {
  confirmed: "Confirmed by timing",
  reported: "Reported by its source",
  related: "Part of another alert",
  unconfirmed: "Not confirmed",
};

/** The cause, where one is confirmed or reported, and what was compared to find it. */
export const CauseCard = ({ alert: { cause, causeId, findings } }: { alert: AlertDetail }) => (
  <Card title="Cause" aside={STATE_WORDS[cause.state]}>
    <p className="max-w-[72ch] text-md" data-cause={cause.state}>
      {cause.sentence}
    </p>
    {causeId !== null && <TextLink href={`/alerts/${causeId}`}>Open the related alert</TextLink>}
    {cause.candidates.length > 0 && <Candidates cause={cause} />}
    <AlertFindings findings={findings} text={cause.sentence} />
  </Card>
);

const Candidates = ({ cause: { candidates, judgedTo } }: { cause: Cause }) => (
  <div className="mt-2 border-t pt-2">
    <p className="text-sm text-fg-2">
      Minutes in which each candidate was out of range
      {judgedTo && (
        <>
          , up to <Time at={judgedTo} as="absolute" zone="utc" />
        </>
      )}
      :
    </p>
    <ul aria-label="Candidates" className="mt-1 flex flex-col gap-1 text-sm">
      {candidates.map((candidate) => (
        <CandidateLine key={`${candidate.kind} ${candidate.what}`} is={candidate} />
      ))}
    </ul>
  </div>
);

const CandidateLine = ({ is: { what, bad, good, isConfirmed, href } }: { is: CauseCandidate }) => (
  <li className="flex flex-wrap justify-between gap-x-4">
    <span className="min-w-0 wrap-anywhere">
      {href === null ? what : <TextLink href={href}>{what}</TextLink>}
      {isConfirmed && <span className="text-fg-3"> · confirmed</span>}
    </span>
    <span className="tabular-nums text-fg-2">
      {bad.out} of {bad.of} bad, {good.out} of {good.of} good
    </span>
  </li>
);
