"use client";

import { SNAPSHOT_STALE_MS } from "#lib/gateway/browser/stale-snapshot.ts";
import type { Problem } from "#lib/http/schema.ts";
import type { Traffic } from "#lib/requests/browser/traffic-schema.ts";
import { TextLink } from "../ui/button.tsx";
import { Notice } from "../ui/card.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { formatCount } from "../ui/format.ts";
import { useReader } from "../ui/reader.tsx";
import { Time } from "../ui/time.tsx";

/** What the reader must know before trusting the figures. */
export function TrafficNotices({
  traffic: { gateways, asOf, openVersions },
  problem,
  isStale,
}: {
  traffic: Traffic;
  problem: Problem | null;
  isStale: boolean;
}) {
  const { locale } = useReader();
  const old = gateways.items.find(
    ({ isLive, snapshotAt, seenAt }) =>
      isLive && snapshotAt !== null && Date.parse(seenAt) - Date.parse(snapshotAt) > SNAPSHOT_STALE_MS,
  );
  const silent = gateways.known - gateways.live;
  return (
    <>
      {problem && <ErrorState problem={problem} size="inline" />}
      {isStale && asOf && (
        <Notice tone="bad" action={<TextLink href="/system">Open System</TextLink>}>
          No gateway has reported since <Time at={asOf} as="absolute" />: it stopped or cannot reach the database. Live
          figures below are from that time.
        </Notice>
      )}
      {!isStale && silent > 0 && (
        <Notice tone="warn" action={<TextLink href="/system">Open System</TextLink>}>
          {formatCount(silent, locale)} of {formatCount(gateways.known, locale)} gateways no longer report. Their
          requests are missing from the live figures below.
        </Notice>
      )}
      {old?.snapshotAt && (
        <Notice tone="warn">
          A gateway uses routes it read <Time at={old.snapshotAt} />: it cannot reach the database. It keeps serving,
          but later changes have no effect yet.
        </Notice>
      )}
      {openVersions.length > 0 && (
        <Notice tone="warn" action={<TextLink href="/cutovers">Open cutovers</TextLink>}>
          {openVersions.length === 1
            ? "A candidate version gets no requests"
            : `${formatCount(openVersions.length, locale)} candidate versions get no requests`}
          : after 5 failures in a row, the gateway switched back automatically.
        </Notice>
      )}
    </>
  );
}
