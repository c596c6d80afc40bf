import { webMetrics } from "#lib/api/metrics.ts";

export const dynamic = "force-dynamic";

/** Prometheus text, for a key with metrics:read. */
export const GET = (request: Request): Promise<Response> => webMetrics(request);
