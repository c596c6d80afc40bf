import { runSoak } from "#lib/soak/run-soak.ts";

// by way of `exit`, where what was started is ended too
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/** `npm run soak -- <name> [--seed n] [--scale x]`. */
process.exitCode = await runSoak(process.argv.slice(2), {
  log: (line) => console.error(line),
  print: (line) => console.log(line),
});
