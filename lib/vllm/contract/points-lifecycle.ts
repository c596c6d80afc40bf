import {
  cards,
  complete,
  fill,
  firstTokens,
  isListed,
  isSameAnswer,
  load,
  loadPath,
  mustLoad,
  runFor,
  totalOf,
  unload,
} from "./ask.ts";
import type { ContractNode, Point } from "./point.ts";

/** Longer than three blocks of the largest default size (128 tokens, on CPU). */
const LONG_PROMPT = Array.from({ length: 400 }, (_, at) => 10 + (at % 600));

/** Whether a long prompt finds blocks in the prefix cache. */
async function prefixHits(node: ContractNode, name: string): Promise<boolean> {
  const hits = async () => totalOf(await node.samples(), "vllm:prefix_cache_hits_total") ?? 0;
  const before = await hits();
  await complete(node, name, { prompt: LONG_PROMPT });
  return (await hits()) > before;
}

/** §4.4 and §4.5, as anyone sees them. */
export const LIFECYCLE_POINTS: readonly Point[] = [
  {
    id: "registry.unbounded",
    section: "4.1",
    says: "More names than max_cpu_loras may be loaded; all are listed and all answer.",
    needs: { limits: true },
    async check(node) {
      const names = await fill(node, 2 * node.start.maxCpuLoras);
      const listed = (await cards(node)).map(({ id }) => id);
      const statuses = [];
      for (const name of names) statuses.push((await complete(node, name)).status);
      return {
        listed: names.every((name) => listed.includes(name)),
        answers: statuses.every((status) => status === 200),
      };
    },
    expects: { listed: true, answers: true },
  },
  {
    id: "registry.in-place-root",
    section: "2",
    says: "An in-place load changes `root` of the name's card and nothing else; the answers change with it.",
    async check(node) {
      const name = await mustLoad(node, "swap", "good-a");
      const before = await firstTokens(node, name);
      const { status } = await load(node, name, "good-b", { load_inplace: true });
      const named = (await cards(node)).filter(({ id }) => id === name);
      return {
        status,
        cards: named.length,
        rootIsNew: named[0]?.root === node.directory("good-b"),
        answersChange: !isSameAnswer(before, await firstTokens(node, name)),
      };
    },
    expects: { status: 200, cards: 1, rootIsNew: true, answersChange: true },
  },
  {
    id: "prefix-cache.same-name",
    section: "4.5",
    says: "Another adapter under an old name: up to 0.28 served from the old one's prefix blocks, since 0.32 not, as its path is another.",
    async check(node) {
      const name = await mustLoad(node, "prefix", "good-a");
      const first = await prefixHits(node, name);
      await unload(node, name);
      await load(node, name, "good-b");
      const sameName = await prefixHits(node, name);
      const otherName = await prefixHits(node, await mustLoad(node, "other", "good-a"));
      return { first, sameName, again: await prefixHits(node, name), otherName };
    },
    expects: ({ minor }) => ({ first: false, sameName: minor < 32, again: true, otherName: false }),
  },
  {
    id: "prefix-cache.same-path",
    section: "4.5",
    says: "Other weights under an old name and path are served from the old ones' prefix blocks.",
    async check(node) {
      const name = node.name("prefix");
      const directory = await node.ownDirectory("good-a");
      await loadPath(node, name, directory);
      const first = await prefixHits(node, name);
      await unload(node, name);
      await node.overwrite(directory, "good-b");
      await loadPath(node, name, directory);
      return { first, sameNameAndPath: await prefixHits(node, name) };
    },
    expects: { first: false, sameNameAndPath: true },
  },
  {
    id: "unload.in-flight",
    section: "4.5",
    says: "A request that runs while its adapter is unloaded finishes as if nothing had happened.",
    async check(node) {
      const name = await mustLoad(node, "flight", "good-a");
      let isDone = false;
      const asked = runFor(node, name, 300).finally(() => {
        isDone = true;
      });
      const runs = async () => (totalOf(await node.samples(), "vllm:num_requests_running") ?? 0) > 0;
      while (!isDone && !(await runs())) await node.sleep(1);
      const wasRunning = !isDone;
      const unloaded = await unload(node, name);
      return {
        wasRunning,
        unload: unloaded.status,
        listed: await isListed(node, name),
        finishes: (await asked).status,
      };
    },
    expects: { wasRunning: true, unload: 200, listed: false, finishes: 200 },
  },
  {
    id: "admission.max-loras",
    section: "4.4",
    says: "A request for one adapter more than max_loras waits as `deferred`; a base request overtakes it.",
    needs: { limits: true },
    async check(node) {
      const names = await fill(node, node.start.maxLoras + 1);
      const finished: number[] = [];
      const asked = names.map(async (name, at) => {
        const { status } = await runFor(node, name, 300);
        finished.push(at);
        return status;
      });
      let wasDeferred = false;
      while (finished.length === 0 && !wasDeferred)
        wasDeferred =
          (totalOf(await node.samples(), "vllm:num_requests_waiting_by_reason", { reason: "deferred" }) ?? 0) > 0;
      const base = await complete(node, node.baseModel);
      const baseOvertakes = finished.length < names.length;
      return { wasDeferred, baseOvertakes, base: base.status, statuses: await Promise.all(asked) };
    },
    expects: { wasDeferred: true, baseOvertakes: true, base: 200, statuses: [200, 200, 200] },
  },
  {
    id: "files.changed",
    section: "4.5",
    says: "Files that change after a load are served in silence once they are read again.",
    needs: { limits: true },
    async check(node) {
      const [name, other] = [node.name("changed"), await mustLoad(node, "other", "good-b")];
      const directory = await node.ownDirectory("good-a");
      await loadPath(node, name, directory);
      const before = await firstTokens(node, name);
      await node.overwrite(directory, "good-b");
      const kept = isSameAnswer(before, await firstTokens(node, name));
      await fill(node, node.start.maxCpuLoras);
      const after = await firstTokens(node, name);
      return { keptWhileResident: kept, servesNewFiles: isSameAnswer(after, await firstTokens(node, other)) };
    },
    expects: { keptWhileResident: true, servesNewFiles: true },
  },
  {
    id: "restart.forgets",
    section: "1.4",
    says: "A restart forgets every loaded name and empties both tiers, and the process start time moves.",
    needs: { restart: true },
    async check(node) {
      const name = await mustLoad(node, "restart", "good-a");
      const started = async () => totalOf(await node.samples(), "process_start_time_seconds") ?? 0;
      const before = await started();
      await node.restart();
      return {
        listed: await isListed(node, name),
        cards: (await cards(node)).length,
        startMoves: (await started()) > before,
        resident: totalOf(await node.samples(), "switchyard_lora_residency") ?? 0,
        answers: (await complete(node, name)).status,
      };
    },
    expects: { listed: false, cards: 1, startMoves: true, resident: 0, answers: 404 },
  },
  {
    id: "files.deleted",
    section: "4.5",
    says: "Files deleted after a load and an eviction end the engine at the next request, for everybody.",
    needs: { limits: true, ends: true },
    async check(node) {
      const name = node.name("deleted");
      const directory = await node.ownDirectory("good-a");
      await loadPath(node, name, directory);
      await node.remove(directory);
      const resident = (await complete(node, name)).status;
      await fill(node, node.start.maxCpuLoras);
      const reply = await complete(node, name).catch(() => null);
      await node.sleep(1000);
      const health = await node.send("GET", "/health").catch(() => null);
      return {
        whileResident: resident,
        answers: reply?.status ?? null,
        says: reply?.text.includes("EngineCore encountered an issue") ?? null,
        isHealthy: health?.status === 200,
      };
    },
    expects: { whileResident: 200, answers: 500, says: true, isHealthy: false },
  },
];
