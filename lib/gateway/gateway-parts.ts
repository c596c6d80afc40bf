import { keepRecorded } from "#lib/evals/suites/recorded/keep-recorded.ts";
import type { Database } from "#lib/platform/db.ts";
import type { Log } from "#lib/platform/log.ts";
import type { Secrets } from "#lib/platform/secrets.ts";
import { startAccount } from "./account/start-account.ts";
import { Admission } from "./admission/admission.ts";
import { RateLimits } from "./admission/limits.ts";
import { BODY_SWEEP_MS, BodyIntake } from "./front/body-intake.ts";
import type { GatewayTools } from "./front/handle-request.ts";
import { KeyCache } from "./front/key-cache.ts";
import { LiveCounts } from "./live-counts.ts";
import { createGatewayMetrics, type GatewayMetrics } from "./metrics.ts";
import { Recorder } from "./observe/recorder.ts";
import { Mirrors } from "./proxy/mirrors.ts";
import { RetryBudget } from "./proxy/retry-budget.ts";
import { StalledRequests } from "./proxy/stalled-requests.ts";
import { createGatewayReport } from "./report-gateway.ts";
import { createBreakers } from "./routing/breakers.ts";
import { checkNode } from "./routing/check-node.ts";
import { lastResort } from "./routing/last-resort.ts";
import { createNodeHealth } from "./routing/node-health.ts";
import { loadSnapshot } from "./snapshot/load-snapshot.ts";
import { ResidencySource } from "./snapshot/residency-source.ts";
import { DEFAULT_SETTINGS, type NodeEntry, type Snapshot } from "./snapshot/snapshot.ts";
import { SnapshotSource } from "./snapshot/snapshot-source.ts";
import { createUpstream } from "./upstream/upstream.ts";

export type PartsOptions = {
  db: Database;
  secrets: Secrets;
  log: Log;
  /** Where the console is, for links in errors; null = nobody told. */
  consoleUrl: string | null;
};

const HEALTH_TICK_MS = 1_000;

/** A clock that no one sets back, in ms. */
const steady = () => performance.now();
const steadyClock = {
  now: steady,
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

const configure = (admission: Admission, { nodes, pools }: Snapshot): void =>
  admission.configure(
    [...nodes.values()].map(({ id, ...node }) => ({ nodeId: id, ...node })),
    [...pools.values()].map(({ id, ...pool }) => ({ poolId: id, ...pool })),
  );

/** Who waits is looked at again: a node may be up since the last time, or its breaker's wait over. */
async function checkAll({ health, admission, stalledRequests }: Core, snapshot: Snapshot | null): Promise<void> {
  admission.reconsider();
  const { settings, nodes } = snapshot ?? { settings: DEFAULT_SETTINGS, nodes: new Map<string, NodeEntry>() };
  await health.tick([...nodes.values()], settings.healthCheckIntervalMs, stalledRequests.isSilent);
}

/** Requests leave nodes that are down and say nothing. */
function leaveSilent({ health, stalledRequests }: Core, snapshot: Snapshot | null): void {
  stalledRequests.tick();
  for (const nodeId of snapshot?.nodes.keys() ?? []) if (!health.isUp(nodeId)) stalledRequests.letLeave(nodeId);
}

/** What decides and sends; it starts nothing by itself. */
function createCore() {
  const upstream = createUpstream();
  const breakers = createBreakers(steady, Math.random);
  const health = createNodeHealth((node) => checkNode(upstream, node), steady, breakers.proven);
  const load = { ...health, ...breakers };
  return {
    upstream,
    health,
    breakers,
    load,
    lastResortLoad: lastResort(load),
    stalledRequests: new StalledRequests(),
    admission: new Admission(steadyClock),
    limits: new RateLimits(steady),
    live: new LiveCounts(steady),
    retries: new RetryBudget(steady),
    bodies: new BodyIntake(),
    keys: new KeyCache(),
    random: Math.random,
  };
}
type Core = ReturnType<typeof createCore>;

/** A new snapshot is in force: everybody goes by it from now on. */
function adopt({ upstream, breakers, limits, admission, stalledRequests }: Core, snapshot: Snapshot): void {
  stalledRequests.keepOnly(snapshot.nodes);
  upstream.keepOnly([...snapshot.nodes.values(), ...snapshot.endpoints.values()]);
  breakers.follow(snapshot);
  limits.setInstances(snapshot.liveInstances);
  configure(admission, snapshot);
}

/** What customers let us keep, on its way to the catalog. */
const createRecorder = (db: Database, metrics: GatewayMetrics, log: Log): Recorder =>
  new Recorder({
    keep: (seen) => keepRecorded(db, seen, new Date()),
    onLost: metrics.recordingLost,
    rng: Math.random,
    now: Date.now,
    log,
  });

/** Everything behind the ports: routing, admission, health checks, connections to nodes, traces, figures. */
export function startParts({ db, secrets, log, consoleUrl }: PartsOptions, isDraining: () => boolean) {
  const now = () => new Date();
  const core = createCore();
  const residency = new ResidencySource({ ...core, db, now, steady, log });
  const snapshot = () => source.current();
  const report = createGatewayReport({ ...core, snapshot, now: steady });
  const metrics: GatewayMetrics = createGatewayMetrics({
    report: () => report(account.pending()),
    snapshotAgeMs: () => source.ageMs(),
    nodeName: (id) => snapshot()?.nodes.get(id)?.name ?? id,
    liveStreams: () => core.live.streams,
    measuredNodes: () => residency.measuredNodes,
  });
  const checkNodes = () => checkAll(core, snapshot());
  const source = new SnapshotSource({
    load: () => loadSnapshot({ db, secrets, log, now }),
    listen: (onChange) => db.listen("switchyard_routing", onChange),
    now,
    onSnapshot(fresh) {
      adopt(core, fresh);
      void residency.refresh();
      void checkNodes();
    },
    onFailure: metrics.reloadFailed,
    log,
  });
  // reports at once, and reads the snapshot for it
  const account = startAccount({ db, report, onTracesDropped: metrics.tracesDropped, now, log });
  source.start();
  const tick = () => {
    leaveSilent(core, snapshot());
    void checkNodes();
  };
  const timers = [setInterval(tick, HEALTH_TICK_MS), setInterval(() => core.bodies.sweep(), BODY_SWEEP_MS)];
  const shared = { ...core, snapshot, metrics, now: Date.now, recordTrace: account.record, log };
  const mirrors = new Mirrors(shared);
  const recorder = createRecorder(db, metrics, log);
  const tools: GatewayTools = {
    ...shared,
    mirrors,
    recorder,
    consoleUrl,
    isDraining,
    snapshotAgeMs: () => source.ageMs(),
  };
  const stop = async () => {
    for (const timer of timers) clearInterval(timer);
    mirrors.stop();
    await source.stop();
    await residency.stop();
    await recorder.stop();
    await account.stop();
    await core.upstream.close();
  };
  return { tools, registry: metrics.registry, stop };
}
