import { expect, it } from "vitest";
import { scrapeTarget } from "./scrape-targets.ts";

const node = {
  id: "node_1",
  name: "a100-1",
  baseUrl: "http://10.0.0.5:8000",
  pool: "llama",
  gpu: null,
  simulated: false,
};

it.each([
  ["http://10.0.0.5:8000", "10.0.0.5:8000", "http", "/metrics"],
  ["http://10.0.0.5", "10.0.0.5:80", "http", "/metrics"],
  ["https://gpu.example/one/", "gpu.example:443", "https", "/one/metrics"],
  ["http://[fd00::5]:8000", "[fd00::5]:8000", "http", "/metrics"],
])("finds the metrics of a node at %s", (baseUrl, target, scheme, path) => {
  expect(scrapeTarget({ ...node, baseUrl })).toEqual({
    targets: [target],
    labels: {
      __scheme__: scheme,
      __metrics_path__: path,
      node: "a100-1",
      node_id: "node_1",
      pool: "llama",
      simulated: "false",
    },
  });
});

it("names the GPU where it is known", () => {
  expect(scrapeTarget({ ...node, gpu: "A100-80GB" }).labels.gpu).toBe("A100-80GB");
});
