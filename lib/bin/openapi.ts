import { checkOpenApi, writeOpenApi } from "./check/check-openapi.ts";
import { ROOT } from "./launch/root.ts";

/** Writes public/openapi.json; with `--check` only compares it. */
if (process.argv.includes("--check")) {
  const { ok, output } = await checkOpenApi(ROOT);
  if (!ok) console.error(output);
  process.exitCode = ok ? 0 : 1;
} else await writeOpenApi(ROOT);
