"use client";

import { lazy, Suspense } from "react";
import { ControlsInForce } from "#components/controls/controls-in-force.tsx";
import { FallbackHistory } from "#components/fallbacks/fallback-history.tsx";
import { TrafficPage } from "#components/traffic/traffic-page.tsx";
import { TryButton } from "#components/try-it/try-button.tsx";

const WhyNode = lazy(() => import("#components/why-node/why-node.tsx").then((module) => ({ default: module.WhyNode })));

/** The features that make up the page: what flows, what answered instead, trying one, and why it goes where it goes. */
export function LiveTraffic({ gatewayUrl }: { gatewayUrl: string }) {
  return (
    <TrafficPage
      tryIt={<TryButton variant="primary" tenantId={null} gatewayUrl={gatewayUrl} audience="staff" />}
      byHand={<ControlsInForce />}
      history={<FallbackHistory audience="staff" />}
      whyNode={(tenantId) => (
        <Suspense fallback={null}>
          <WhyNode tenantId={tenantId} />
        </Suspense>
      )}
    />
  );
}
