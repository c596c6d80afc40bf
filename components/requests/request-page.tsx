"use client";

import Link2 from "lucide-react/icons/link-2";
import type { RequestDetail } from "#lib/requests/browser/request-schema.ts";
import { Button, TextLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorState } from "../ui/error-state.tsx";
import { MeasurementView } from "../ui/measurement.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { StageBar } from "../ui/stage-bar.tsx";
import { Status } from "../ui/status.tsx";
import { Time } from "../ui/time.tsx";
import { notify } from "../ui/toast.tsx";
import { useApi } from "../ui/use-api.ts";
import { type Audience, fallbackReasonWords, viaWords } from "../ui/via-words.ts";
import { AroundCard } from "./around-card.tsx";
import { mayStillCome } from "./request-age.ts";
import { RequestFacts } from "./request-facts.tsx";
import { useComing } from "./use-coming.ts";

type Props = { requestId: string; audience: Audience };

/** One request: what became of it in a sentence, where its time went, and for staff what else happened there. */
export function RequestPage({ requestId, audience }: Props) {
  const { data, problem, retry } = useApi("GET /requests/{requestId}", { params: { requestId } });
  const isMissing = problem?.status === 404;
  const isComing = useComing(isMissing && mayStillCome(requestId, Date.now()), retry);
  if (data) return <Found request={data} audience={audience} />;
  if (isMissing) return isComing ? <Coming /> : <Missing audience={audience} />;
  if (problem) return <ErrorState problem={problem} onRetry={retry} />;
  return <Skeleton className="h-80 w-full" />;
}

const PARENTS = {
  staff: [{ label: "Traffic", href: "/traffic" }],
  customer: [{ label: "Requests", href: "/portal/requests" }],
} as const;

type FoundProps = { request: RequestDetail; audience: Audience };

function Found({ request, audience }: FoundProps) {
  return (
    <>
      <PageHeader
        title="Request"
        parents={PARENTS[audience]}
        id={request.id}
        health={<Status of="request" is={request.outcome} tinted />}
        meta={
          <>
            <Time at={request.arrivedAt} />
            <span>{audience === "staff" ? request.tenantName : request.adapterSlug}</span>
          </>
        }
        secondary={audience === "staff" && <CopyCustomerLink id={request.id} />}
      />
      <div className="flex flex-col gap-1">
        <p className="text-lg" data-answer="">
          {request.sentence}
        </p>
        <Why request={request} audience={audience} />
      </div>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Card title="Time by stage" aside={<Measured request={request} />}>
          <StageBar
            label="Time by stage"
            stages={request.stages.map(({ key, label, time, note }) => ({
              key,
              label,
              time: time,
              ...(note === null ? {} : { hint: note }),
            }))}
          />
        </Card>
        <Card title="Answer">
          <RequestFacts request={request} audience={audience} />
        </Card>
      </div>
      {request.staff?.around && <AroundCard around={request.staff.around} nodeName={request.nodeName} />}
      <p className="max-w-[72ch] text-sm text-fg-3">
        Shows times, counts and which version answered, without prompts and answers.
      </p>
    </>
  );
}

/** Customers are told in their own words; that all was as it should be needs none. */
function Why({ request: { why, via, fallbackReason }, audience }: FoundProps) {
  if (audience === "staff") return <p className="text-md text-fg-2">{why}</p>;
  if (fallbackReason !== null && via !== null)
    return (
      <p className="text-md text-fg-2">
        It was answered by {viaWords(via, audience)}, because {fallbackReasonWords(fallbackReason, audience)}.
      </p>
    );
  return via === null && <p className="text-md text-fg-2">{why}</p>;
}

/** The whole time, and how much of it was seen rather than reckoned. */
function Measured({ request: { latency, stages } }: { request: RequestDetail }) {
  const measured = stages.filter(({ time }) => time.value !== null && time.source === "measured").length;
  return (
    <>
      <MeasurementView value={latency} />
      <span>
        {measured} of {stages.length} stages measured
      </span>
    </>
  );
}

/** What a support answer links to: the same request in the customer's own pages. */
function CopyCustomerLink({ id }: { id: string }) {
  const copy = async () => {
    const link = `${location.origin}/portal/requests/${id}`;
    try {
      await navigator.clipboard.writeText(link);
      notify({ title: "Link copied", detail: "Only people of this tenant can open it." });
    } catch {
      notify({ tone: "bad", title: "The browser blocked copying", detail: link });
    }
  };
  return (
    <Button icon={<Link2 />} onClick={() => void copy()}>
      Copy link for the customer
    </Button>
  );
}

const Coming = () => (
  <EmptyState isPage title="This request is not recorded yet">
    Requests are recorded within a second after they finish. This page refreshes automatically.
  </EmptyState>
);

const Missing = ({ audience }: { audience: Audience }) => (
  <EmptyState
    isPage
    title="Request not found"
    action={
      audience === "staff" ? (
        <TextLink href="/requests">Open requests</TextLink>
      ) : (
        <TextLink href="/portal/requests">Open your requests</TextLink>
      )
    }
  >
    Check that the id is complete. It is in the x-request-id header of each reply and starts with req_. Requests are
    kept for 31 days.
  </EmptyState>
);
