import type { Ctx } from "#lib/identity/ctx.ts";
import type { FirstRun } from "./schema.ts";
import { countFirstRunFacts } from "./store.ts";

/** The way from an empty installation to the first live version, ticked by facts. */
export async function readFirstRun(ctx: Ctx): Promise<FirstRun> {
  const facts = await countFirstRunFacts(ctx.tx);
  const items: FirstRun["items"] = [
    {
      key: "pool",
      title: "Add a pool",
      done: facts.pools > 0,
      detail: "Its base model's config.json and tokenizer.json, and the limits your nodes were started with.",
      href: "/pools",
    },
    {
      key: "node",
      title: "Add a vLLM node",
      done: facts.seenNodes > 0,
      detail:
        facts.nodes > facts.seenNodes
          ? "A node is added but was not seen yet: check its URL and that the worker runs."
          : "Its URL. Switchyard looks at it before it is added.",
      href: "/nodes",
    },
    { key: "tenant", title: "Add a tenant", done: facts.tenants > 0, detail: "One customer.", href: "/tenants" },
    {
      key: "version",
      title: "Add a version that passes its checks",
      done: facts.readyVersions > 0,
      detail: "Drop the folder that PEFT wrote.",
      href: "/adapters",
    },
    {
      key: "loaded",
      title: "Load it on a node",
      done: facts.routable > 0,
      detail: "Each load is proven by a real request.",
      href: "/adapters",
    },
    {
      key: "gate",
      title: "Run its gate",
      done: facts.verdicts > 0,
      detail: "200 tool-calling prompts, greedy and sampled.",
      href: "/evals",
    },
    {
      key: "live",
      title: "Cut over",
      done: facts.live > 0,
      detail: "Allowed behind a pass. Later cutovers can be rolled back.",
      href: "/cutovers",
    },
    {
      key: "key",
      title: "Give the customer a key",
      done: facts.keys > 0,
      detail: "On the tenant's Access tab.",
      href: "/tenants",
    },
  ];
  return { items, done: items.every((item) => item.done) };
}
