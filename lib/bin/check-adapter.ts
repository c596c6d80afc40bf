import { runCheckAdapter } from "./check-adapter/run-check-adapter.ts";

process.exitCode = await runCheckAdapter(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
});
