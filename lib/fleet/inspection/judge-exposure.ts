import { DOORS, type Door } from "#lib/vllm/open-doors.ts";
import type { OnboardingFinding } from "../schema.ts";
import { pass, unknown, warning } from "./finding.ts";
import type { NodeFacts } from "./node-facts.ts";

/** More apart than this, and times of the node and ours cannot be laid side by side. */
const SKEW_SECONDS = 5;

/** Who can reach what on the node, and whether its clock is ours. */
export const judgeExposure = (facts: NodeFacts): OnboardingFinding[] => [
  facts.asksForKey
    ? pass("api_key", "It refuses requests without a key.")
    : warning(
        "no_api_key",
        "The node requires no key: any client that reaches it can load adapters and use any tenant's.",
        "Start the engine with VLLM_API_KEY, and let only Switchyard reach its port.",
      ),
  ...doors(facts),
  clock(facts),
];

function doors(facts: NodeFacts): OnboardingFinding[] {
  const of = (state: string) => DOORS.filter(({ path }) => facts.doors.get(path) === state);
  const open = of("open").map(openDoor);
  const silent = of("unknown").map(({ path }) => path);
  if (silent.length > 0)
    open.push(
      unknown(
        "open_paths_unknown",
        `Whether ${silent.join(", ")} answer without a key is not known.`,
        "Inspect again.",
      ),
    );
  return open.length > 0 ? open : [pass("open_paths", "No path that the key does not guard does any harm.")];
}

const openDoor = ({ path, what, fix }: Door): OnboardingFinding =>
  warning(`open_${path.slice(1)}`, `${path} requires no key: any client that reaches the node can ${what}.`, fix);

function clock({ clockSkewSeconds: skew }: NodeFacts): OnboardingFinding {
  const fix = "Keep both clocks by NTP.";
  if (skew === null) return unknown("clock_skew", "Its replies carry no date, so its clock is not known.", fix);
  if (Math.abs(skew) <= SKEW_SECONDS) return pass("clock_skew", "Its clock agrees with ours.");
  const direction = skew > 0 ? "ahead of" : "behind";
  return warning("clock_skew", `Its clock is ${Math.round(Math.abs(skew))} s ${direction} ours.`, fix);
}
