import { runBench } from "#lib/bench/run-bench.ts";

/** `npm run bench -- <job> [--runs n] [--json] [--peers] [--allow-skip]`. */
process.exitCode = await runBench(process.argv.slice(2), {
  say: (line) => console.error(line),
  print: (line) => console.log(line),
});
