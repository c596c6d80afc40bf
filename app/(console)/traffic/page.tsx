import { trafficReads } from "#app/page-reads.ts";
import { Prefetched } from "#app/prefetched.tsx";
import { requireStaff } from "#app/session.ts";
import { titled } from "#app/titled.ts";
import { webDeps } from "#lib/api/deps.ts";
import { LiveTraffic } from "./live-traffic.tsx";

export const generateMetadata = titled("/traffic");

export default async function Page() {
  await requireStaff();
  return (
    <Prefetched read={trafficReads}>
      <LiveTraffic gatewayUrl={webDeps().deps.gatewayUrl} />
    </Prefetched>
  );
}
