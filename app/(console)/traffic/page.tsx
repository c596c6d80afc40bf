import type { Metadata } from "next";
import { ControlsInForce } from "#components/controls/controls-in-force.tsx";
import { FallbackHistory } from "#components/fallbacks/fallback-history.tsx";
import { TrafficPage } from "#components/traffic/traffic-page.tsx";
import { TryButton } from "#components/try-it/try-button.tsx";
import { webDeps } from "#lib/api/deps.ts";

export const metadata: Metadata = { title: "Traffic" };

export default function Page() {
  return (
    <TrafficPage
      tryIt={<TryButton variant="primary" tenantId={null} gatewayUrl={webDeps().deps.gatewayUrl} audience="staff" />}
      byHand={<ControlsInForce />}
      history={<FallbackHistory audience="staff" />}
    />
  );
}
