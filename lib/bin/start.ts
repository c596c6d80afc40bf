import { runLauncher } from "./launch/run-launcher.ts";

await runLauncher("start", process.argv.slice(2));
