import fc from "fast-check";
import type { StackEvent } from "../bound-replay.ts";
import type { CacheEvent } from "../trace.ts";

const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h"];
const name = fc.constantFrom(...NAMES);
const step = fc.record({
  kind: fc.constant("step" as const),
  adapters: fc.array(name, { minLength: 1, maxLength: 4 }),
});
const named = <Kind extends "load" | "unload" | "reload" | "remove">(kind: Kind) =>
  fc.record({ kind: fc.constant(kind), adapter: name });
const restart = fc.constant({ kind: "restart" as const });

/** G from 1 to 4 and C from G: the equal case is among them often. */
export const arbitraryLimits = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 4 })))
  .map(([maxLoras, more]) => ({ maxLoras, maxCpuLoras: maxLoras + more }));

/** Traces that vLLM allows: steps within the slots, no second load of a name. */
const allowed = <E extends CacheEvent>(events: readonly E[], maxLoras: number): E[] => {
  const loaded = new Set<string>();
  return events.flatMap((event): E[] => {
    if (typeof event === "string") loaded.add(event);
    else if (event.kind === "step") {
      const adapters = [...new Set(event.adapters)].slice(0, maxLoras);
      for (const adapter of adapters) loaded.add(adapter);
      const within: CacheEvent = { kind: "step", adapters };
      return [within as E];
    } else if (event.kind === "load") {
      if (loaded.has(event.adapter)) return [];
      loaded.add(event.adapter);
    } else if (event.kind === "restart") loaded.clear();
    else if (event.kind === "unload" || event.kind === "remove") loaded.delete(event.adapter);
    else loaded.add(event.adapter);
    return [event];
  });
};

const withLimits = <E extends CacheEvent>(event: fc.Arbitrary<E>, maxLength: number) =>
  fc
    .tuple(arbitraryLimits, fc.array(event, { minLength: 1, maxLength }))
    .map(([limits, events]) => ({ limits, trace: allowed(events, limits.maxLoras) }));

/** Everything that can happen. */
export const arbitraryTrace = withLimits<CacheEvent>(
  fc.oneof(
    { weight: 8, arbitrary: name },
    { weight: 4, arbitrary: step },
    { weight: 2, arbitrary: fc.oneof(named("load"), named("unload")) },
    { weight: 1, arbitrary: fc.oneof(named("reload"), named("remove"), restart) },
  ),
  80,
);

/** What leaves the recency list whole. */
export const arbitraryStackTrace = (maxLength: number) =>
  withLimits<StackEvent>(
    fc.oneof(
      { weight: 4, arbitrary: name },
      { weight: 8, arbitrary: step },
      { weight: 2, arbitrary: fc.oneof(named("load"), named("unload")) },
      { weight: 1, arbitrary: restart },
    ),
    maxLength,
  );
