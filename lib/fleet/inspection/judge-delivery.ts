import type { OnboardingFinding } from "../schema.ts";
import { pass, problem, warning } from "./finding.ts";

const NOT_TRIED = {
  no_pool: "Without a pool there are no shapes to make a reference adapter from.",
  unknown_shapes: "The shapes of the pool's base model are not known, so no reference adapter can be made.",
  problems: "Nothing was loaded, since the node has problems of its own.",
  unsafe: "Adapters are in use on it, and on this release a load can hand running requests to another adapter.",
} as const;

/** What trying out a node's view of the adapter store came to. */
export type Delivery =
  | { kind: "proven"; path: string }
  /** Adapters of the store are loaded and proven there already. */
  | { kind: "in_use"; adapters: number }
  /** The node finds nothing at the path. */
  | { kind: "not_seen"; path: string; message: string }
  | { kind: "failed"; path: string; message: string }
  | { kind: "left_loaded"; loraName: string; path: string }
  /** In a pool whose nodes fetch: it verifies what it loads. `problem` = it could not fetch anything yet. */
  | { kind: "guarded"; problem: { code: string; message: string; fix: string } | null }
  /** It loads what it finds, or nobody knows. */
  | { kind: "unguarded"; path: string; message: string }
  /** Switchyard itself cannot write to its store. */
  | { kind: "not_written"; message: string }
  | { kind: "not_tried"; why: keyof typeof NOT_TRIED };

/**
 * Whether the node reads the bytes that Switchyard writes. A missing mount is a warning: an operator may add it later. A
 * node that does not verify what it loads is refused where nodes fetch: nobody else sees which bytes it has.
 */
export function judgeDelivery(
  delivery: Delivery,
  { adapterStore, adapterDirectory }: { adapterStore: string; adapterDirectory: string },
): OnboardingFinding {
  const code = "delivery";
  const mount = `Mount the adapter store (${adapterStore} here) on the node at ${adapterDirectory}, readable for the user vLLM runs as, then inspect again.`;
  const warn = (message: string, fix: string) => warning(code, message, fix);
  switch (delivery.kind) {
    case "proven":
      return {
        code,
        severity: "pass",
        message: `It loaded a reference adapter from ${delivery.path}, answered with it and forgot it again.`,
        fix: null,
      };
    case "in_use":
      return {
        code,
        severity: "pass",
        message: `${delivery.adapters} adapter${delivery.adapters === 1 ? "" : "s"} of the store ${delivery.adapters === 1 ? "is" : "are"} loaded and proven on it.`,
        fix: null,
      };
    case "not_seen":
      return warn(
        `It finds nothing at ${delivery.path}, where a reference adapter was written. (${delivery.message})`,
        mount,
      );
    case "failed":
      return warn(`The reference adapter at ${delivery.path} could not be proven: ${delivery.message}`, mount);
    case "left_loaded":
      return warn(
        `The reference adapter ${delivery.loraName} could not be unloaded again.`,
        "Inspect again. If it stays, unload it on the node manually.",
      );
    case "guarded":
    case "unguarded":
      return judgeGuard(delivery, adapterDirectory);
    case "not_written":
      return warn(
        `Switchyard could not write a reference adapter to its store: ${delivery.message}`,
        `Let the user that Switchyard runs as write to ${adapterStore}.`,
      );
    case "not_tried":
      return {
        code,
        severity: "unknown",
        message: `Not proven that it reads the adapter store. ${NOT_TRIED[delivery.why]}`,
        fix: "Inspect the node again once that has changed.",
      };
  }
}

type Guard = Extract<Delivery, { kind: "guarded" | "unguarded" }>;

function judgeGuard(guard: Guard, adapterDirectory: string): OnboardingFinding {
  if (guard.kind === "unguarded")
    return problem(
      "fetch_unverified",
      `It does not prove the bytes of adapters it loads from ${guard.path}, so it could serve other ones than the registered. (${guard.message})`,
      `Install Switchyard's plugin on the node (pip install ./vllm-plugin), start the engine with SWITCHYARD_ADAPTER_DIR=${adapterDirectory}, then inspect again.`,
    );
  const verifies = "It verifies each adapter before it loads it";
  return guard.problem === null
    ? pass("delivery", `${verifies}, and reaches Switchyard.`)
    : warning("delivery", `${verifies}, but cannot fetch yet: ${guard.problem.message}`, guard.problem.fix);
}
