import { runLauncher } from "./launch/run-launcher.ts";

await runLauncher("demo", process.argv.slice(2));
