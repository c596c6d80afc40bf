import type { FindingEvidence } from "#lib/alerting/browser/finding-schema.ts";
import { fromCatalog, type Judgement, NOTHING_SEEN, poolSubject } from "./judgement.ts";
import type { PoolFacts } from "./pool-facts.ts";
import { counted, listed } from "./words.ts";

/** Checking a node less often than this is not checking: a dead one would get a minute of customers' requests. */
export const SLOWEST_CHECK_SECONDS = 60;

type Gap = { what: string; todo: string; action: { label: string; href: string }; evidence: FindingEvidence };

/**
 * Missing fallback: nothing answers when the pool cannot (its policy is to reject), nobody would notice soon enough, or one
 * node is all there is. Of pools that serve nobody nothing is said.
 */
export function detectMissingFallback(facts: PoolFacts): Judgement {
  const { live, now } = facts;
  if (live.length === 0) return NOTHING_SEEN;
  const gaps = gapsOf(facts);
  const first = gaps[0];
  if (first === undefined) return NOTHING_SEEN;
  return {
    blind: [],
    seen: [
      {
        pitfall: "missing_fallback",
        severity: "warning",
        ...poolSubject(facts),
        body: {
          sentence: `${facts.pool.name}: ${listed(gaps.map(({ what }) => what))}; ${first.todo}.`,
          evidence: [
            ...gaps.map(({ evidence }) => evidence),
            {
              label: "Live versions that depend on it",
              figure: fromCatalog(live.length, "versions", now),
              note: null,
            },
          ],
          cause:
            "When a node is saturated or gone, its tenants' requests need another target and an alert: another node, the base model, the previous version, or a hosted provider.",
          fix: {
            sentence: `${gaps.map(({ todo }) => todo.charAt(0).toUpperCase() + todo.slice(1)).join(". ")}.`,
            command: null,
            action: first.action,
            undo: "Each is a setting that counts at once and can be set back.",
          },
          forecast: null,
        },
      },
    ],
  };
}

function gapsOf({ pool, nodes, settings, rejecting, now }: PoolFacts): Gap[] {
  const gaps: Gap[] = [];
  if (pool.fallback === "reject" || rejecting > 0)
    gaps.push({
      what:
        pool.fallback === "reject"
          ? "its policy lets nothing else answer"
          : `${counted(rejecting, "tenant has", "tenants have")} no fallback`,
      todo: "let the base model answer, or a hosted provider",
      action:
        pool.fallback === "reject"
          ? { label: "Set its fallback", href: `/pools/${pool.id}` }
          : { label: "See its tenants", href: "/tenants" },
      evidence: {
        label: "Tenants whose requests would be refused",
        figure: fromCatalog(rejecting, "tenants", now),
        note: "By their own policy; those that keep to the pool's are refused with it.",
      },
    });
  if (settings.healthCheckInterval > SLOWEST_CHECK_SECONDS)
    gaps.push({
      what: `health checks come every ${settings.healthCheckInterval} s only`,
      todo: "check every 10 s",
      action: { label: "Set the health check", href: "/settings" },
      evidence: {
        label: "Time between health checks",
        figure: fromCatalog(settings.healthCheckInterval, "s", now),
        note: `Above ${SLOWEST_CHECK_SECONDS} s they count as switched off.`,
      },
    });
  if (nodes.length < 2)
    gaps.push({
      what: nodes.length === 0 ? "no node serves it" : `${nodes[0]?.name} is its only node`,
      todo: "add a second node",
      action: { label: "Add a node", href: `/nodes/add?pool=${pool.id}` },
      evidence: { label: "Nodes that serve customers", figure: fromCatalog(nodes.length, "nodes", now), note: null },
    });
  return gaps;
}
