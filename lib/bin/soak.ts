import { runSoak } from "#lib/bench/soak/run-soak.ts";

/** `npm run soak -- <name> [--seed n] [--scale x]`. */
process.exitCode = await runSoak(process.argv.slice(2), {
  say: (line) => console.error(line),
  print: (line) => console.log(line),
});
