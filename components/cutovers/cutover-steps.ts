import type { Cutover } from "#lib/cutover/schema.ts";
import { THIN_SPACE } from "../ui/format.ts";
import { formatDuration } from "../ui/format-time.ts";
import type { StepLabel } from "../ui/steps.tsx";

type Staged = Pick<Cutover, "phase" | "stepIndex" | "plan" | "track" | "history" | "fromVersionId" | "fromOrigin">;

/** The steps that a cutover takes; until its track is chosen, those that its plan would lead through. */
export function cutoverSteps(cutover: Staged): StepLabel[] {
  const ids = ["pending", "warming", ...watchedIds(cutover), "completed"];
  return ids.map((id) => ({ id, label: labelOf(id), took: tookOf(id, cutover) }));
}

/** The id of the step at which it stands. */
export const presentStep = ({ phase, stepIndex, plan }: Staged): string =>
  phase === "canary" ? `canary-${plan?.weights[stepIndex] ?? 0}` : phase;

function watchedIds({ plan, track, fromVersionId, fromOrigin }: Staged): string[] {
  const isFirst = fromVersionId === null && !fromOrigin;
  if (plan === null || isFirst) return ["full"];
  const kind = track?.kind ?? "stepwise";
  const canary = kind === "stepwise" ? plan.weights.map((weight) => `canary-${weight}`) : [];
  const hasShadow = kind === "shadow_only" || (kind === "stepwise" && plan.shadow);
  return [...(hasShadow ? ["shadow"] : []), ...canary, "full", ...(plan.soakMinutes > 0 ? ["soaking"] : [])];
}

const LABELS: Record<string, string> = {
  pending: "Pending",
  warming: "Warming",
  shadow: "Shadow",
  full: "Full",
  soaking: "Soaking",
  completed: "Completed",
};

const labelOf = (id: string): string => LABELS[id] ?? `Canary ${id.slice("canary-".length)}${THIN_SPACE}%`;

function tookOf(id: string, { history }: Staged): string | undefined {
  const taken = history.filter(({ isHold }) => !isHold);
  const at = taken.findIndex(({ phase, weight }) => (phase === "canary" ? `canary-${weight}` : phase) === id);
  const [began, ended] = [taken[at], taken[at + 1]];
  if (at < 0 || !began || !ended) return undefined;
  return formatDuration(Date.parse(ended.at) - Date.parse(began.at));
}
