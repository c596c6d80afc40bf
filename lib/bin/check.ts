import { runChecks } from "./check/run-checks.ts";
import { ROOT } from "./launch/root.ts";

const { failed } = await runChecks(ROOT, console.log);
process.exitCode = failed === 0 ? 0 : 1;
