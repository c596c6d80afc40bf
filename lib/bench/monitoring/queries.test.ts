import { expect, it } from "vitest";
import { countRules, fillVariables, readDashboard, selectorsOf } from "./queries.ts";

it("reads every query, also of panels in a folded row, and the variables that Prometheus fills", () => {
  const targets = (...expressions: string[]) => expressions.map((expr) => ({ expr }));
  const file = {
    panels: [
      { title: "One", targets: targets("a", "b") },
      { title: "Row", panels: [{ title: "Two", targets: targets("c") }] },
      { title: "Text" },
    ],
    templating: {
      list: [
        { name: "datasource", type: "datasource", query: "prometheus" },
        { name: "pool", type: "query", query: { query: "label_values(vllm:num_requests_running, pool)" } },
      ],
    },
  };
  expect(readDashboard(JSON.stringify(file))).toEqual({
    queries: [
      { panel: "One", expression: "a" },
      { panel: "One", expression: "b" },
      { panel: "Two", expression: "c" },
    ],
    variables: [{ name: "pool", metric: "vllm:num_requests_running", label: "pool" }],
  });
});

it("fills in variables as Grafana does, and leaves none", () => {
  const values = new Map([["pool", ["Llama 3.1", "b|c"]]]);
  expect(fillVariables('rate(x{pool=~"$pool"}[$__rate_interval])', values, 8)).toBe(
    'rate(x{pool=~"(Llama 3\\\\.1|b\\\\|c)"}[8s])',
  );
  expect(() => fillVariables('x{node="$node"}', values, 8)).toThrow("$node has no value");
});

it("finds the series that an expression reads", () => {
  const expression =
    'absent(up{job="a"} == 1) or sum by (le) (rate(vllm:x_bucket{pool="p"}[5m])) / max(switchyard_y) > switchyard_y';
  expect(selectorsOf(expression)).toEqual(['up{job="a"}', 'vllm:x_bucket{pool="p"}', "switchyard_y"]);
});

it("counts rules", () => {
  expect(countRules("groups:\n  - name: a\n    rules:\n      - alert: X\n        expr: 1\n      - record: y\n")).toBe(
    2,
  );
});
