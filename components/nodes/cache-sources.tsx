"use client";

import { TextLink } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/card.tsx";
import { cacheSourcesCall } from "#components/ui/page-calls.ts";
import { useApi } from "#components/ui/use-api.ts";
import { APART_SHARE } from "#lib/metrics/browser/apart-share.ts";
import type { CacheSources } from "#lib/metrics/browser/cache-sources-schema.ts";
import { APART_REASONS, apartText, comparedText } from "./compared-words.ts";

const REFRESH_MS = 30_000;

/** How far a node's evictions and swaps can be trusted, of the last hour unless a range is given. */
export const useCacheSources = (nodeId: string, query: { from?: string; to?: string; minutes?: number } = {}) =>
  useApi(...cacheSourcesCall(nodeId, query), { refreshMs: query.to === undefined ? REFRESH_MS : false });

/** Others use the node too: what that does to its figures. */
export function ForeignNotice({ sources, href }: { sources: CacheSources | undefined; href?: string }) {
  if (!sources?.foreign) return null;
  return (
    <Notice tone="warn">
      {sources.foreign.sentence} Its evictions and swaps are only inferred, because Switchyard does not see the other
      clients' requests.
      {href && (
        <>
          {" "}
          <TextLink href={href}>Open its swaps</TextLink>
        </>
      )}
    </Notice>
  );
}

/** What the node counted beside what was derived. */
export function ComparedLine({ sources }: { sources: CacheSources | undefined }) {
  if (!sources?.compared) return null;
  const { apart } = sources.compared;
  const text = comparedText(sources.compared);
  if (apart === null || apart.share <= APART_SHARE) return <p className="text-sm text-fg-2">{text}</p>;
  return (
    <Notice tone="warn">
      {apartText(apart)} {text} {APART_REASONS}
    </Notice>
  );
}
