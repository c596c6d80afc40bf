import { runLauncher } from "./launch/run-launcher.ts";

await runLauncher("dev", process.argv.slice(2));
