import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parseInFlight } from "./in-flight.ts";

describe("parseInFlight", () => {
  it("sums over the engines behind one API", () => {
    const text = [
      "# TYPE vllm:num_requests_running gauge",
      'vllm:num_requests_running{engine="0",model_name="m"} 3.0',
      'vllm:num_requests_running{engine="1",model_name="m"} 1.0',
      'vllm:num_requests_waiting{engine="0",model_name="m"} 2.0',
      'vllm:num_requests_waiting_by_reason{engine="0",model_name="m",reason="capacity"} 2.0',
    ].join("\n");
    expect(parseInFlight(text)).toEqual({ running: 4, waiting: 2 });
  });

  it("is not known where the node does not say", () => {
    expect(parseInFlight("")).toBeNull();
    expect(parseInFlight('vllm:num_requests_running{engine="0"} 0.0')).toBeNull();
    expect(parseInFlight("vllm:num_requests_running NaN\nvllm:num_requests_waiting 0.0")).toBeNull();
  });

  it("reads what a real 0.32.0 exported", async () => {
    const text = await readFile(new URL("./testdata/vllm-0.32.0/metrics-idle.prom", import.meta.url), "utf8");
    expect(parseInFlight(text)).toEqual({ running: 0, waiting: 0 });
  });
});
