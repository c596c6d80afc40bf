/** Tables that are dropped by partition, and how many days they are kept. */
export const PARTITIONED = {
  request: { unit: "day", days: 31 },
  usage_minute: { unit: "day", days: 31 },
  usage_5_minutes: { unit: "day", days: 90 },
  usage_hour: { unit: "month", days: 400 },
} as const;
export type PartitionedTable = keyof typeof PARTITIONED;
