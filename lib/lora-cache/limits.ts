/** Engine limits as an operator gives them: `--max-loras` and `--max-cpu-loras`. */
export type CacheLimits = { maxLoras: number; maxCpuLoras?: number | null };

/**
 * What vLLM makes of the two flags: without `--max-cpu-loras`, or with one below 1, host memory holds as many as there
 * are slots.
 * @throws RangeError where vLLM refuses to start: no slot, or less room in host memory than there are slots
 */
export function resolveLimits({ maxLoras, maxCpuLoras }: CacheLimits): { maxLoras: number; maxCpuLoras: number } {
  if (!Number.isInteger(maxLoras) || maxLoras < 1)
    throw new RangeError(`max_loras is ${maxLoras}; it must be a whole number of at least 1`);
  const room = maxCpuLoras === undefined || maxCpuLoras === null || maxCpuLoras < 1 ? maxLoras : maxCpuLoras;
  if (!Number.isInteger(room)) throw new RangeError(`max_cpu_loras is ${room}; it must be a whole number`);
  if (room < maxLoras) throw new RangeError(`max_cpu_loras (${room}) must not be below max_loras (${maxLoras})`);
  return { maxLoras, maxCpuLoras: room };
}
