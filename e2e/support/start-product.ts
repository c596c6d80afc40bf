import { simNodes } from "#lib/bin/launch/demo-fleet.ts";
import { launch } from "#lib/bin/launch/launch.ts";
import { childEnv, readEnv } from "#lib/platform/env.ts";
import { freePortRun, freePorts } from "#lib/platform/supervisor/ports.ts";
import { makeScratchFolder } from "#lib/platform/testing/scratch-folder.ts";
import { announcement } from "./product.ts";

/**
 * Starts the whole product for the browser tests: built, with the demo fleet at twenty times the speed and few gates, on free ports,
 * in a data directory of its own that goes when it ends. Nothing of the caller's own settings reaches it.
 */
const dataDir = makeScratchFolder("e2e");
const [web, gateway, metrics, worker] = (await freePorts(4)).map(String);
const env = readEnv(
  childEnv({
    PORT: web ?? "",
    GATEWAY_PORT: gateway ?? "",
    METRICS_PORT: metrics ?? "",
    WORKER_PORT: worker ?? "",
    SIM_PORT: String(await freePortRun(4)),
    SIM_SPEED: "20",
    DATA_DIR: dataDir,
    ADAPTER_STORE: "",
    DATABASE_URL: "",
    NEXTAUTH_URL: "",
    NEXTAUTH_SECRET: "",
    SECRETS_KEY: "",
    ADMIN_EMAIL: "",
    ADMIN_PASSWORD: "",
    ADMIN_API_KEY: "",
  }),
);

const code = await launch({
  env,
  mode: "demo",
  scenario: "brief",
  print: (line) => process.stdout.write(`${line}\n`),
  onReady: (secrets) => {
    const product = {
      consoleUrl: `http://localhost:${env.PORT}`,
      gatewayUrl: `http://localhost:${env.GATEWAY_PORT}`,
      metricsUrls: [env.METRICS_PORT, env.WORKER_PORT].map((port) => `http://127.0.0.1:${port}`),
      nodeUrls: simNodes(env, "").flatMap(({ url, isOrigin }) => (isOrigin ? [] : url)),
      email: secrets.adminEmail,
      password: secrets.adminPassword,
      apiKey: secrets.adminApiKey ?? "",
      dataDir,
    };
    process.stdout.write(`${announcement(product)}\n`);
  },
});
process.exit(code);
