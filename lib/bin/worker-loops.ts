import { runAlertLoop } from "#lib/alerting/alerts/alert-loop.ts";
import { runNotificationLoop } from "#lib/alerting/channels/notification-loop.ts";
import { runObjectiveLoop } from "#lib/alerting/objectives/objective-loop.ts";
import { jobHandlers } from "#lib/api/job-handlers.ts";
import { offboardingWorkers } from "#lib/api/offboarding-workers.ts";
import { runApprovalMailLoop } from "#lib/cutover/approvals/mail-loop.ts";
import { runCutoverLoop } from "#lib/cutover/loop.ts";
import { runReleaseLoop } from "#lib/cutover/policy/release-loop.ts";
import { runGateWatchLoop } from "#lib/evals/gate-watch/watch-loop.ts";
import { runEvalLoop } from "#lib/evals/loop.ts";
import { runRecordedLoop } from "#lib/evals/suites/recorded/recorded-loop.ts";
import { runControlLoop } from "#lib/fleet/controls/control-loop.ts";
import { runPlacementLoop } from "#lib/fleet/placing/placement-loop.ts";
import { runReconcileLoop } from "#lib/fleet/reconcile/loop.ts";
import { runRolloutLoop } from "#lib/fleet/rollout/rollout-loop.ts";
import type { Deps } from "#lib/identity/ctx.ts";
import { runIncidentLoop } from "#lib/incidents/loop.ts";
import { runJobLoop } from "#lib/jobs/loop.ts";
import { runDeadManLoop } from "#lib/journey/dead-man/heartbeat.ts";
import { runDerivedLoop } from "#lib/metrics/derived/derived-loop.ts";
import { runScrapeLoop } from "#lib/metrics/loop.ts";
import { runPitfallLoop } from "#lib/planner/loop.ts";
import { runIntakeLoop } from "#lib/registry/intake/loop.ts";
import { runScrubLoop } from "#lib/registry/integrity/scrub-loop.ts";
import { runOffboardingLoop } from "#lib/registry/offboarding/offboarding-loop.ts";
import { runRequestsLoop } from "#lib/requests/loop.ts";
import { runRetentionLoop } from "#lib/retention/loop.ts";

/** Every background loop, by the name that LOOPS uses. Each runs under a lease of its own, so N workers may run. */
export const LOOPS: Record<string, (deps: Deps, signal: AbortSignal) => Promise<void>> = {
  reconcile: runReconcileLoop,
  rollouts: runRolloutLoop,
  controls: runControlLoop,
  placement: runPlacementLoop,
  scrape: runScrapeLoop,
  requests: runRequestsLoop,
  objectives: runObjectiveLoop,
  derived: runDerivedLoop,
  alerts: runAlertLoop,
  incidents: runIncidentLoop,
  notifications: runNotificationLoop,
  pitfalls: runPitfallLoop,
  evals: (deps, signal) => runEvalLoop(deps, signal),
  "gate-watch": runGateWatchLoop,
  recorded: runRecordedLoop,
  cutover: runCutoverLoop,
  release: runReleaseLoop,
  "approval-mail": runApprovalMailLoop,
  intake: runIntakeLoop,
  offboarding: (deps, signal) => runOffboardingLoop(deps, signal, offboardingWorkers),
  scrub: runScrubLoop,
  retention: runRetentionLoop,
  dead_man: runDeadManLoop,
  jobs: (deps, signal) => runJobLoop(deps, signal, jobHandlers),
};
