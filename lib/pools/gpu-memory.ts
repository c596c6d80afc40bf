const GIB = 1024 ** 3;

/** Sold with one size of memory only. What was sold with several (A100, V100) must say which in its name. */
const KNOWN_GIB: readonly (readonly [RegExp, number])[] = [
  [/\bH200\b/i, 141],
  [/\bB200\b/i, 180],
  [/\bH100\b(?!.*NVL)/i, 80],
  [/\bH100\b.*NVL/i, 94],
  [/\bL40S?\b/i, 48],
  [/\bA6000\b/i, 48],
  [/\bA40\b/i, 48],
  [/\bA10G?\b/i, 24],
  [/\bA30\b/i, 24],
  [/\bL4\b/i, 24],
  [/\bRTX ?(3090|4090)\b/i, 24],
  [/\bRTX ?5090\b/i, 32],
  [/\bT4\b/i, 16],
  [/\bMI300X\b/i, 192],
];

/** Memory of one GPU in bytes by the text a node carries, such as "A100-SXM4-80GB"; null = unknown. */
export function gpuMemoryBytes(gpu: string | null): number | null {
  if (gpu === null) return null;
  const said = /(\d{1,4})\s?Gi?B\b/i.exec(gpu)?.[1];
  if (said !== undefined) return Number(said) * GIB;
  const known = KNOWN_GIB.find(([name]) => name.test(gpu));
  return known === undefined ? null : known[1] * GIB;
}
