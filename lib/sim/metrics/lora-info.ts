import type { StepStats } from "../engine/observer.ts";
import type { MetricsProfile } from "../engine-profile.ts";
import type { Exposition } from "./exposition.ts";

/**
 * `vllm:lora_requests_info`. Since V1 both lists hold every adapter with any request, running or not; V0 told them
 * apart. No old label set is ever removed, so the series grow with traffic; the value is the time of the last step.
 */
export function loraInfo(
  exposition: Exposition,
  options: { maxLoras: number; profile: MetricsProfile; nowSeconds: () => number },
): (stats: StepStats) => void {
  const info = exposition.gauge(
    "vllm:lora_requests_info",
    "Running stats on lora requests.",
    { max_lora: String(options.maxLoras) },
    [],
  );
  return ({ loraNames, runningLoraNames, waitingLoraNames }) => {
    const [running, waiting] = options.profile.isV1 ? [loraNames, loraNames] : [runningLoraNames, waitingLoraNames];
    info.set(options.nowSeconds(), {
      running_lora_adapters: running.join(","),
      waiting_lora_adapters: waiting.join(","),
    });
  };
}
