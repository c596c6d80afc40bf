"use client";

import { useState } from "react";
import { Button, TextLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Time } from "#components/ui/time.tsx";
import type { IncidentDetail, TimelineEntry } from "#lib/incidents/browser/incident-schema.ts";

/** Everything about it on one line, oldest first; what changed around it can be left out. */
export function TimelineCard({ incident: { timeline } }: { incident: IncidentDetail }) {
  const [isWhole, setWhole] = useState(true);
  const shown = isWhole ? timeline : timeline.filter(({ kind }) => kind !== "change");
  return (
    <Card
      title="Timeline"
      aside="UTC, with what changed from 30 min before"
      actions={
        <Button size="sm" variant="ghost" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Hide changes" : "Show changes"}
        </Button>
      }
    >
      <ol className="flex max-h-180 flex-col gap-2 overflow-y-auto" aria-label="Timeline">
        {shown.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ol>
    </Card>
  );
}

function Entry({ entry: { at, kind, title, text, by, href } }: { entry: TimelineEntry }) {
  return (
    <li className="flex flex-wrap gap-x-3 text-sm sm:flex-nowrap">
      <Time at={at} as="absolute" zone="utc" className="w-36 shrink-0 tabular-nums text-fg-3" />
      <div className="min-w-0 grow basis-60 break-words">
        <span className={kind === "change" ? "text-fg-2" : "font-medium"}>
          {href === null ? title : <TextLink href={href}>{title}</TextLink>}
        </span>
        {by !== null && <span className="text-fg-3"> by {by}</span>}
        {text !== null && <p className="whitespace-pre-wrap text-fg-2">{text}</p>}
      </div>
    </li>
  );
}
