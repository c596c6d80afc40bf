// Takes the shell blocks out of README.md and runs them as they are printed: the one with `npm run demo` until it is ready
// (first, so that it has to build everything), the curl examples against it, Ctrl-C, a second start; then the one with
// `npm test` to its end. An `npm ci` that a later block repeats is left out: nothing changed since the first. Before the last
// line it prints how long each part took.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

const DEMO_READY_SECONDS = 180;
const SECOND_START_SECONDS = 15;
const END_SECONDS = 40;
/** A clean install comes before the demo in the same block. */
const INSTALL_SECONDS = 300;

const readme = readFileSync("README.md", "utf8");
const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map((match) => match[1]);

/** The first shell block with such a line. */
const blockWith = (line) => {
  const found = blocks.find((block) => block.split("\n").some((each) => line.test(each)));
  if (found === undefined) throw new Error(`README.md has no shell block with ${line}`);
  return found;
};

const print = (line) => process.stdout.write(`${line}\n`);

const total = { passed: 0, failed: 0 };
const report = (name, ok, detail) => {
  total[ok ? "passed" : "failed"] += 1;
  print(`${ok ? "ok    " : "FAILED"}  ${name}${detail ? `: ${detail}` : ""}`);
};

/** How long each part took, in seconds. */
const taken = [];
const timed = async (name, part) => {
  const startedAt = performance.now();
  const result = await part();
  taken.push(`${name} ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  return result;
};

const withoutInstall = (block) => block.replace(/^npm ci( && |\n)/m, "");

/** Runs a block like a person at a shell: its output goes through, and is kept. */
const startBlock = (block) => {
  const child = spawn("bash", ["-e", "-c", block], { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const run = { child, output: "", ended: once(child, "close") };
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      process.stdout.write(chunk);
      run.output += chunk;
    });
  return run;
};

const within = (seconds, promise) => {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, seconds * 1000, "late");
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/** The block's own counts are added to ours; a block that ends without them counts as a failure. */
const runTests = async () => {
  const run = startBlock(withoutInstall(blockWith(/^(npm ci && )?npm test$/)));
  const [code] = await timed("npm test", () => run.ended);
  const counts = /(\d+) passed, (\d+) failed\s*$/.exec(run.output);
  if (!counts) return report("npm test", false, `ended with code ${code} and without a count`);
  total.passed += Number(counts[1]);
  total.failed += Number(counts[2]);
  if (code !== 0 && counts[2] === "0") report("npm test", false, `ended with code ${code}`);
};

/** @returns the running demo, or null when it did not get ready */
const startDemo = async (name, block, limitSeconds) => {
  const run = startBlock(block);
  const ready = new Promise((resolve) => {
    const check = () => {
      const match = /Switchyard is ready \(([\d.]+) s\)/.exec(run.output);
      if (match) resolve(Number(match[1]));
    };
    run.child.stdout.on("data", check);
  });
  const seconds = await within(INSTALL_SECONDS + limitSeconds, Promise.race([ready, run.ended]));
  const ok = typeof seconds === "number" && seconds <= limitSeconds;
  report(name, ok, typeof seconds === "number" ? `${seconds} s, at most ${limitSeconds} s` : "it did not get ready");
  if (typeof seconds === "number") return run;
  await endDemo(run, null);
  return null;
};

const endDemo = async (run, name) => {
  if (run.child.exitCode === null) process.kill(-run.child.pid, "SIGINT");
  const ended = (await within(END_SECONDS, run.ended)) !== "late";
  if (!ended) process.kill(-run.child.pid, "SIGKILL");
  if (name) report(name, ended && run.output.trimEnd().endsWith("stopped"), ended ? "" : `not within ${END_SECONDS} s`);
};

/** As printed, but an HTTP error counts: curl alone would call it a success. */
const runExamples = async (block) => {
  const strict = 'curl() { command curl --fail-with-body "$@" && echo; }\n';
  const run = startBlock(strict + block);
  const [code] = await run.ended;
  report("the README's curl examples", code === 0, code === 0 ? "" : `ended with code ${code}`);
};

const runDemo = async () => {
  const demoBlock = blockWith(/^(npm ci && )?npm run demo$/);
  const first = await timed("install, build and demo", () => startDemo("npm run demo", demoBlock, DEMO_READY_SECONDS));
  if (!first) return;
  await timed("examples", () => runExamples(blockWith(/^curl /)));
  await timed("end", () => endDemo(first, "Ctrl-C ends the demo"));
  await timed("second start", async () => {
    const second = await startDemo("the second start", "npm run demo", SECOND_START_SECONDS);
    if (second) await endDemo(second, null);
  });
};

for (const step of [runDemo, runTests])
  try {
    await step();
  } catch (error) {
    report(step.name, false, error instanceof Error ? error.message : String(error));
  }
print(`time: ${taken.join(", ")}, ${(performance.now() / 1000).toFixed(0)} s in all`);
print(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
