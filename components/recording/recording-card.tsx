"use client";

import type { ReactNode } from "react";
import { KEPT_DAYS } from "#lib/evals/browser/recording-limits.ts";
import type { Recording, RecordingState } from "#lib/evals/browser/recording-schema.ts";
import { Card } from "../ui/card.tsx";
import { formatCount } from "../ui/format.ts";
import { KeyValue, type KeyValueRow } from "../ui/key-value.tsx";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { useReader } from "../ui/reader.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { type Audience, endOf, statusOf, unusableOf } from "./recording-words.ts";

/** One recording: how far it is, by whose leave, and what became of the requests it looked at. */
export function RecordingCard({
  state,
  recording,
  title,
  audience,
  footer,
}: {
  state: RecordingState;
  recording: Recording;
  title: string;
  audience: Audience;
  /** What can be done about it. */
  footer: ReactNode;
}) {
  const { locale } = useReader();
  const { kept, most } = recording;
  const of = `${formatCount(kept, locale)} of ${formatCount(most, locale)} at most`;
  return (
    <Card
      title={title}
      aside={<Status of="recording" is={statusOf(state)} />}
      footer={<div className="flex flex-wrap items-center gap-2">{footer}</div>}
    >
      <div className="flex flex-col gap-4">
        <Sentence state={state} recording={recording} audience={audience} />
        <div className="flex max-w-160 flex-col gap-1.5">
          <div className="flex flex-wrap items-baseline justify-between gap-x-4 text-md">
            <span>Kept</span>
            <span className="tabular-nums text-fg-2">{of}</span>
          </div>
          <ProgressBar label="Requests recorded" value={kept} of={most} />
        </div>
        <div className="grid grid-cols-1 items-start gap-x-8 gap-y-2 lg:grid-cols-2">
          <KeyValue rows={leaveOf(recording)} />
          <KeyValue rows={countsOf(recording, locale)} />
        </div>
      </div>
    </Card>
  );
}

function Sentence({ state, recording, audience }: { state: RecordingState; recording: Recording; audience: Audience }) {
  const whose = audience === "customer" ? "your live version" : "the live version";
  switch (statusOf(state)) {
    case "ended":
      return (
        <p className="text-md">
          Ended {recording.endedAt && <Time at={recording.endedAt} />}. {endOf(recording, audience)}
        </p>
      );
    case "nothing_live":
      return (
        <p className="text-md">
          No version is live, so there are no answers to record. Recording continues with the next live version, until{" "}
          <Time at={recording.until} as="absolute" />.
        </p>
      );
    default:
      return (
        <p className="text-md">
          Requests that {whose} answers are recorded until <Time at={recording.until} as="absolute" />. Each is kept for{" "}
          {KEPT_DAYS} days.
        </p>
      );
  }
}

/** By whose leave, and how much. */
function leaveOf({ startedBy, startedAt, perCent, words }: Recording): KeyValueRow[] {
  return [
    { label: "Allowed by", value: startedBy },
    { label: "Allowed", value: <Time at={startedAt} /> },
    { label: "Share", value: `${perCent} % of requests, one a second at most` },
    ...(words === null
      ? []
      : [{ label: "Words replaced", value: words.join(", ") || "None beyond the recognised data" }]),
  ];
}

/** What became of the requests. */
function countsOf(recording: Recording, locale: string): KeyValueRow[] {
  const { looked, repeated } = recording;
  const unusable = unusableOf(recording);
  const count = (number: number) => formatCount(number, locale);
  return [
    { label: "Examined", value: count(looked) },
    { label: "Repeated", value: repeated === 0 ? count(0) : `${count(repeated)} duplicates of a recorded request` },
    {
      label: "Not usable",
      value:
        unusable.length === 0 ? (
          count(0)
        ) : (
          <ul>
            {unusable.map(({ reason, count: number, words }) => (
              <li key={reason}>
                {count(number)} {words}
              </li>
            ))}
          </ul>
        ),
    },
  ];
}
