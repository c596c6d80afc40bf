import { expect, it } from "vitest";
import { parseAnswered } from "./answered.ts";

const TYPE = "# TYPE vllm:request_success_total counter\n";

it.each([
  [
    "sums what finished for any reason",
    `${TYPE}vllm:request_success_total{finished_reason="stop"} 3\nvllm:request_success_total{finished_reason="abort"} 1.0\n`,
    4,
  ],
  ["is zero where nothing was counted yet", TYPE, 0],
  ["is unknown where the node does not say", "vllm:num_requests_running 0\n", null],
  ["is unknown where it says no number", `${TYPE}vllm:request_success_total{finished_reason="stop"} 1e999\n`, null],
])("%s", (_what, exposition, answered) => {
  expect(parseAnswered(exposition)).toBe(answered);
});
