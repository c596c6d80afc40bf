import type { Clock } from "#lib/platform/clock.ts";
import { errorText } from "#lib/platform/errors.ts";
import type { Log } from "#lib/platform/log.ts";
import type { DemoTenant } from "./companies.ts";
import { deskOf } from "./desks.ts";
import type { Arrival, TrafficPlan } from "./traffic-plan.ts";

export type TrafficDeps = {
  gatewayUrl: string;
  /** A key with the scope gateway:trusted: it may speak for every tenant. */
  apiKey: string;
  plan: TrafficPlan;
  /** Whom to speak for, as of now. */
  callers: () => Callers;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  fetch?: typeof fetch;
};

export type Callers = {
  /** Tenants with a live version, busiest first; empty = nobody to ask yet. */
  tenants: readonly DemoTenant[];
  /** The header that names the tenant; an administrator may change it at any time. */
  tenantHeader: string;
};

/** What came of the requests so far. */
export type TrafficCounts = { sent: number; answered: number; refused: number; failed: number; skipped: number };

/** A machine that cannot keep up must not collect requests. */
const MAX_IN_FLIGHT = 24;
const MAX_TOKENS = 256;
const NOBODY_WAIT_MS = 1_000;
const REPORT_EVERY_MS = 60_000;

/** Sends customers' requests through the gateway until the signal aborts; then waits for those in flight. */
export async function runTraffic(deps: TrafficDeps): Promise<TrafficCounts> {
  const counts: TrafficCounts = { sent: 0, answered: 0, refused: 0, failed: 0, skipped: 0 };
  const inFlight = new Set<Promise<void>>();
  let reportedAt = deps.clock.now().getTime();
  while (!deps.signal.aborted) {
    const { tenants } = deps.callers();
    const arrival = tenants.length === 0 ? null : deps.plan.next(tenants.map((tenant) => tenant.slug));
    if (!(await slept(deps, arrival?.afterMs ?? NOBODY_WAIT_MS)) || arrival === null) continue;
    const tenant = tenants.find((candidate) => candidate.slug === arrival.tenantSlug);
    if (tenant === undefined) continue;
    if (inFlight.size >= MAX_IN_FLIGHT) {
      counts.skipped += 1;
      continue;
    }
    counts.sent += 1;
    const request = send(deps, tenant, arrival, counts).finally(() => inFlight.delete(request));
    inFlight.add(request);
    if (deps.clock.now().getTime() - reportedAt < REPORT_EVERY_MS) continue;
    reportedAt = deps.clock.now().getTime();
    deps.log.info("demo traffic", counts);
  }
  await Promise.all(inFlight);
  return counts;
}

const slept = ({ clock, signal }: TrafficDeps, ms: number): Promise<boolean> =>
  clock.sleep(ms, signal).then(
    () => true,
    () => false,
  );

async function send(deps: TrafficDeps, tenant: DemoTenant, arrival: Arrival, counts: TrafficCounts): Promise<void> {
  try {
    const response = await (deps.fetch ?? fetch)(`${deps.gatewayUrl}/v1/chat/completions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${deps.apiKey}`,
        "content-type": "application/json",
        [deps.callers().tenantHeader]: tenant.slug,
      },
      body: JSON.stringify(chatBody(tenant, arrival)),
      signal: deps.signal,
    });
    await response.text();
    if (response.ok) counts.answered += 1;
    else {
      counts.refused += 1;
      deps.log.debug("demo request was refused", { tenant: tenant.slug, status: response.status });
    }
  } catch (error) {
    if (deps.signal.aborted) return;
    counts.failed += 1;
    deps.log.debug("demo request failed", { tenant: tenant.slug, reason: errorText(error) });
  }
}

/** A customer's chat request to their own adapter. */
export function chatBody(tenant: DemoTenant, arrival: Arrival) {
  const desk = deskOf(tenant.desk);
  const question = desk.questions[arrival.question % desk.questions.length] ?? "";
  const tools = desk.tools.map(({ name, description, properties, required }) => ({
    type: "function",
    function: { name, description, parameters: { type: "object", properties, required } },
  }));
  return {
    model: desk.adapterSlug,
    messages: [
      { role: "system", content: desk.system },
      { role: "user", content: question.replaceAll("#", String(1000 + (arrival.question % 9000))) },
    ],
    ...(arrival.usesTools ? { tools } : {}),
    max_tokens: MAX_TOKENS,
    ...(arrival.isStream ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
}
