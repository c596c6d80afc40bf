/** One node of the demo fleet: how to start its process, and what the catalog must be told of it. */
export type DemoNode = {
  name: string;
  port: number;
  url: string;
  /** Outside the pool: a version is measured alone on it. */
  standalone: boolean;
  /** No node of the fleet: it plays the deployment that a customer has of its own before it moves in. */
  isOrigin: boolean;
  /** For `runSimNode`. */
  args: string[];
};

/**
 * The demo's fleet: a box of two A100 nodes in the pool (12 slots, 48 CPU) and one standalone node; and beside it one
 * customer's own deployment.
 * @param options.port the first of four consecutive ports (`SIM_PORT`)
 */
export function demoNodes(options: {
  port: number;
  baseModel: string;
  modelDir: string;
  scenarioFile: string;
  speed: number;
}): DemoNode[] {
  const nodes = [
    { name: "a100-1", maxLoras: 12, maxCpuLoras: 48 },
    { name: "a100-2", maxLoras: 12, maxCpuLoras: 48 },
    { name: "standalone-1", standalone: true, maxLoras: 2, maxCpuLoras: 4 },
    { name: "origin-1", isOrigin: true, maxLoras: 1, maxCpuLoras: 1 },
  ];
  return nodes.map((node, at) => {
    const port = options.port + at;
    const flags = {
      port,
      name: node.name,
      "base-model": options.baseModel,
      "model-dir": options.modelDir,
      scenario: options.scenarioFile,
      speed: options.speed,
      "max-loras": node.maxLoras,
      "max-cpu-loras": node.maxCpuLoras,
      "hash-seed": at + 1,
    };
    const args = Object.entries(flags)
      .flatMap(([flag, value]) => [`--${flag}`, String(value)])
      .concat("--control");
    const { name, standalone = false, isOrigin = false } = node;
    return { name, port, url: `http://127.0.0.1:${port}`, standalone, isOrigin, args };
  });
}
