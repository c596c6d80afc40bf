import { cutoverListReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { titled } from "#app/titled.ts";
import { WaitingApprovals } from "#components/approvals/waiting-approvals.tsx";
import { TakeControl } from "#components/controls/take-control.tsx";
import { CutoverTable } from "#components/cutovers/cutover-table.tsx";

export const generateMetadata = titled("/cutovers");

export default function Page() {
  return (
    <Prefetched read={cutoverListReads}>
      <CutoverTable secondary={<TakeControl object={{ type: "everything" }} />} approvals={<WaitingApprovals />} />
    </Prefetched>
  );
}
