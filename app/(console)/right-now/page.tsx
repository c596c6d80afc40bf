import { rightNowReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { titled } from "#app/titled.ts";
import { RightNow } from "#components/explorer/right-now.tsx";
import { OpenIncidents } from "#components/incidents/open-incidents.tsx";

export const generateMetadata = titled("/right-now");

export default function Page() {
  return (
    <Prefetched read={rightNowReads}>
      <RightNow incidents={<OpenIncidents />} />
    </Prefetched>
  );
}
