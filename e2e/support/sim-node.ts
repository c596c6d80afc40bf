/** What the browser tests do to a simulated node behind the product's back, as a machine room would. */

async function control(baseUrl: string, method: "POST" | "DELETE", path: string, body?: object): Promise<void> {
  const response = await fetch(`${baseUrl}/_sim/${path}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}

/** The engine forgets everything and answers again after `downMs`. */
export const restartNode = (baseUrl: string, options: { downMs: number }): Promise<void> =>
  control(baseUrl, "POST", "restart", options);

/** Every load answers late. @returns what ends it */
export async function slowLoads(baseUrl: string, delayMs: number): Promise<() => Promise<void>> {
  await control(baseUrl, "POST", "faults", { kind: "slow", path: "/v1/load_lora_adapter", delayMs });
  return () => clearFaults(baseUrl);
}

/** The next requests of one adapter fail, those of the others are served. */
export const failAdapter = (baseUrl: string, options: { loraName: string; times: number }): Promise<void> =>
  control(baseUrl, "POST", "faults", { kind: "failing_adapter", ...options });

export const clearFaults = (baseUrl: string): Promise<void> => control(baseUrl, "DELETE", "faults");
