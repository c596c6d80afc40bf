"use client";

import { Notice } from "../ui/card.tsx";
import { formatCount } from "../ui/format.ts";
import { fallbacksCall } from "../ui/page-calls.ts";
import { useReader } from "../ui/reader.tsx";
import { Time } from "../ui/time.tsx";
import { useApiList } from "../ui/use-api.ts";
import { type Audience, fallbackReasonWords, viaWords } from "../ui/via-words.ts";

const REFRESH_MS = 5000;

/** While something else answers a tenant: what, why, since when and how often. Nothing otherwise. */
export function FallbackNow({ tenantId, audience }: { tenantId: string; audience: Audience }) {
  const { locale } = useReader();
  const list = useApiList(...fallbacksCall(tenantId), { refreshMs: REFRESH_MS });
  const open = list.items?.filter(({ until }) => until === null) ?? [];
  return open.map(({ id, via, reason, since, requests, adapterSlug }) => (
    <Notice key={id} tone="warn">
      <p role="status">
        Since <Time at={since} as="absolute" />
        {audience === "customer" ? " your requests" : " requests"}
        {adapterSlug !== null && ` to ${adapterSlug}`} are answered by {viaWords(via, audience)}, because{" "}
        {fallbackReasonWords(reason, audience)}. {formatCount(requests, locale)}{" "}
        {requests === 1 ? "request" : "requests"} so far.
        {audience === "customer" && " Your model takes over again automatically."}
      </p>
    </Notice>
  ));
}
