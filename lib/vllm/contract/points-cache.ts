import { complete, counted, fill, load, mustLoad, runFor, tiers, totalOf, unload } from "./ask.ts";
import type { Facts, Needs, Point, Reply } from "./point.ts";

/** The plugin on a node of two slots and three host copies. */
const TIERED: Needs = { limits: true, plugin: true };
const none: Facts = { evictedFromGpu: 0, evictedFromCpu: 0, fromGpu: 0, fromCpu: 0, fromDisk: 0 };

/** §4.2 by the plugin's counts and residency. */
export const CACHE_POINTS: readonly Point[] = [
  {
    id: "plugin.active",
    section: "6",
    says: "The plugin says that it is active, and the limits it measured.",
    needs: TIERED,
    async check(node) {
      const samples = await node.samples();
      return {
        status: samples.find(({ name }) => name === "switchyard_lora_plugin_info")?.labels.status ?? null,
        slots: [
          totalOf(samples, "switchyard_lora_slots", { tier: "gpu" }),
          totalOf(samples, "switchyard_lora_slots", { tier: "cpu" }),
        ],
        maxRank: totalOf(samples, "switchyard_lora_max_rank"),
      };
    },
    expects: { status: "active", slots: [2, 3], maxRank: 16 },
  },
  {
    id: "plugin.histograms",
    section: "6",
    says: "The plugin times each swap by its source and counts the distinct adapters of each step.",
    needs: TIERED,
    async check(node) {
      const counts = async () => {
        await node.settle();
        const samples = await node.samples();
        const timed = (source: string) => totalOf(samples, "switchyard_lora_swap_seconds_count", { source }) ?? 0;
        const ones = (le: string) => totalOf(samples, "switchyard_lora_batch_adapters_bucket", { le }) ?? 0;
        const buckets = samples.filter(
          ({ name, labels }) => name === "switchyard_lora_swap_seconds_bucket" && labels.source === "disk",
        );
        return {
          timed: timed("disk"),
          ofOne: ones("1.0") - ones("0.0"),
          buckets: buckets.map(({ labels }) => labels.le),
        };
      };
      const before = await counts();
      await runFor(node, await mustLoad(node, "timed", "seeded-1"), 3);
      const after = await counts();
      return {
        timed: after.timed - before.timed,
        countsSteps: after.ofOne > before.ofOne,
        buckets: after.buckets.slice(0, -1).map(Number).join(" "),
      };
    },
    expects: { timed: 1, countsSteps: true, buckets: "0.005 0.01 0.02 0.03 0.05 0.075 0.1 0.25 0.5 1 2.5 5" },
  },
  {
    id: "cache.load-activates",
    section: "4.2",
    says: "A load puts the adapter into a slot; the least recent one keeps its host copy only.",
    needs: TIERED,
    check: async (node) => ({ tiers: await tiers(node, await fill(node, 3)) }),
    expects: { tiers: ["cpu", "gpu", "gpu"] },
  },
  {
    id: "cache.load-evicts",
    section: "4.2",
    says: "A load into full tiers evicts one adapter from the slots and one from the host cache, the least recent each.",
    needs: TIERED,
    async check(node) {
      const names = await fill(node, 3);
      const counts = await counted(node, async () => names.push(await mustLoad(node, "n3", "seeded-4")));
      return { ...counts, tiers: await tiers(node, names) };
    },
    expects: { ...none, fromDisk: 1, evictedFromGpu: 1, evictedFromCpu: 1, tiers: ["none", "cpu", "gpu", "gpu"] },
  },
  {
    id: "cache.use-from-gpu",
    section: "4.2",
    says: "A request for an adapter in a slot moves nothing.",
    needs: TIERED,
    async check(node) {
      const names = await fill(node, 3);
      const counts = await counted(node, () => complete(node, names[2] ?? ""));
      return { ...counts, tiers: await tiers(node, names) };
    },
    expects: { ...none, fromGpu: 1, tiers: ["cpu", "gpu", "gpu"] },
  },
  {
    id: "cache.use-from-cpu",
    section: "4.2",
    says: "A request for an adapter in the host cache takes the least recent slot.",
    needs: TIERED,
    async check(node) {
      const names = await fill(node, 3);
      const counts = await counted(node, () => complete(node, names[0] ?? ""));
      return { ...counts, tiers: await tiers(node, names) };
    },
    expects: { ...none, fromCpu: 1, evictedFromGpu: 1, tiers: ["gpu", "cpu", "gpu"] },
  },
  {
    id: "cache.use-from-disk",
    section: "4.5",
    says: "A request for an adapter in neither tier reads it from disk again, unasked.",
    needs: TIERED,
    async check(node) {
      const names = await fill(node, 4);
      let reply: Reply | undefined;
      const counts = await counted(node, async () => {
        reply = await complete(node, names[0] ?? "");
      });
      return { status: reply?.status ?? null, ...counts, tiers: await tiers(node, names) };
    },
    expects: {
      ...none,
      status: 200,
      fromDisk: 1,
      evictedFromGpu: 1,
      evictedFromCpu: 1,
      tiers: ["gpu", "none", "cpu", "gpu"],
    },
  },
  {
    id: "cache.use-renews",
    section: "4.2",
    says: "A use makes an adapter the most recent of both tiers, so the next load evicts another.",
    needs: TIERED,
    async check(node) {
      const names = await fill(node, 3);
      await complete(node, names[0] ?? "");
      names.push(await mustLoad(node, "n3", "seeded-4"));
      return { tiers: await tiers(node, names) };
    },
    expects: { tiers: ["gpu", "none", "cpu", "gpu"] },
  },
  {
    id: "cache.one-entry-a-request",
    section: "4.3",
    says: "A request of many steps enters the batch once.",
    needs: TIERED,
    async check(node) {
      const names = await fill(node, 3);
      return counted(node, () => runFor(node, names[2] ?? "", 40));
    },
    expects: { ...none, fromGpu: 1 },
  },
  {
    id: "cache.load-displaces-running",
    section: "4.5",
    says: "A load while both slots are in use takes one of them; the next step takes it back, and both requests finish.",
    needs: TIERED,
    async check(node) {
      const names = await fill(node, 2);
      const statuses: number[] = [];
      const counts = await counted(node, async () => {
        const asked = names.map(async (name) => {
          statuses.push((await runFor(node, name, 400)).status);
        });
        const running = async () => totalOf(await node.samples(), "vllm:num_requests_running") ?? 0;
        while (statuses.length === 0 && (await running()) < names.length) await node.sleep(1);
        names.push(await mustLoad(node, "n2", "seeded-3"));
        await Promise.all(asked);
      });
      // One swap, or two when the step's order happens to touch the displaced adapter first.
      const takenBack = counts.fromCpu === 1 || counts.fromCpu === 2;
      return { statuses, takenBack, fromDisk: counts.fromDisk ?? null, tiers: await tiers(node, names) };
    },
    expects: { statuses: [200, 200], takenBack: true, fromDisk: 1, tiers: ["gpu", "gpu", "cpu"] },
  },
  {
    id: "cache.base-takes-no-slot",
    section: "4.4",
    says: "A request for the base model touches neither tier.",
    needs: TIERED,
    async check(node) {
      await fill(node, 3);
      return counted(node, () => complete(node, node.baseModel));
    },
    expects: none,
  },
  {
    id: "cache.unload-keeps",
    section: "4.5",
    says: "An unload frees nothing: the weights stay in their tiers until others push them out.",
    needs: TIERED,
    async check(node) {
      const names = await fill(node, 3);
      const counts = await counted(node, () => unload(node, names[2] ?? ""));
      const kept = await tiers(node, names);
      names.push(
        ...(await fill(node, 0)),
        await mustLoad(node, "n3", "seeded-4"),
        await mustLoad(node, "n4", "seeded-1"),
      );
      names.push(await mustLoad(node, "n5", "seeded-2"));
      return { ...counts, kept, later: (await tiers(node, names))[2] ?? null };
    },
    expects: { ...none, kept: ["cpu", "gpu", "gpu"], later: "none" },
  },
  {
    id: "cache.same-name-again",
    section: "4.5",
    says: "Unloading and loading a name again reads a second copy from disk under a new id.",
    needs: TIERED,
    async check(node) {
      const [name = ""] = (await fill(node, 1)).slice(-1);
      await unload(node, name);
      const counts = await counted(node, () => load(node, name, "seeded-1"));
      return { fromDisk: counts.fromDisk ?? null };
    },
    expects: { fromDisk: 1 },
  },
  {
    id: "cache.refused-load-moves-nothing",
    section: "4.2",
    says: "A load that fails while it reads evicts nobody.",
    needs: TIERED,
    async check(node) {
      const names = await fill(node, 3);
      const counts = await counted(node, () => load(node, node.name("bad"), "dora"));
      return { evictedFromGpu: counts.evictedFromGpu ?? null, tiers: await tiers(node, names) };
    },
    expects: { evictedFromGpu: 0, tiers: ["cpu", "gpu", "gpu"] },
  },
  {
    id: "cache.in-place-rereads",
    section: "4.5",
    says: "After an in-place load every step reads the adapter from disk again.",
    needs: TIERED,
    async check(node) {
      const name = await mustLoad(node, "in-place", "seeded-1");
      await load(node, name, "seeded-1", { load_inplace: true });
      const counts = await counted(node, () => runFor(node, name, 9));
      return { readsMoreThanOnce: Number(counts.fromDisk) > 1 };
    },
    expects: { readsMoreThanOnce: true },
  },
];
