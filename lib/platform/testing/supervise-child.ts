import { Supervisor } from "../supervisor/supervisor.ts";

/** Started by a test: a supervisor with one child, until it is told to end or killed. */
const dataDir = process.argv[2] ?? "";
const supervisor = new Supervisor({ dataDir, print: (line) => process.stderr.write(`${line}\n`) });
await supervisor.startStage([
  {
    name: "stayer",
    file: process.execPath,
    args: ["-e", 'process.send({kind:"ready"}); setInterval(() => {}, 1000)'],
    cwd: dataDir,
    env: {},
    ready: { kind: "message" },
    readyWithinMs: 10_000,
  },
]);
process.once("SIGTERM", async () => {
  await supervisor.stop();
  process.exit(0);
});
process.stdout.write("up\n");
