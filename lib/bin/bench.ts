import { runBench } from "#lib/bench/run-bench.ts";

// by way of `exit`, where what was started is ended too
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/** `npm run bench -- <job> [--runs n] [--json] [--peers] [--allow-skip]`. */
process.exitCode = await runBench(process.argv.slice(2), {
  say: (line) => console.error(line),
  print: (line) => console.log(line),
});
