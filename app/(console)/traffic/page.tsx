import type { Metadata } from "next";
import { FallbackHistory } from "#components/fallbacks/fallback-history.tsx";
import { TrafficPage } from "#components/traffic/traffic-page.tsx";
import { TryButton } from "#components/try-it/try-button.tsx";
import { webDeps } from "#lib/api/deps.ts";

export const metadata: Metadata = { title: "Traffic" };

export default function Page() {
  return (
    <TrafficPage
      tryIt={<TryButton variant="primary" tenantId={null} gatewayUrl={webDeps().deps.gatewayUrl} audience="staff" />}
      history={<FallbackHistory audience="staff" />}
    />
  );
}
