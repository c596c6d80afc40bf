import type { Tx } from "#lib/platform/db.ts";
import type { GatewayReport } from "./gateway-report.ts";

export type GatewaySighting = {
  id: string;
  startedAt: Date;
  seenAt: Date;
  snapshotAt: Date | null;
  report: GatewayReport;
};

export async function upsertGateway(tx: Tx, { id, ...sighting }: GatewaySighting): Promise<void> {
  await tx.client.gatewayInstance.upsert({
    where: { id },
    create: { id, ...sighting },
    update: sighting,
    select: { id: true },
  });
}

export async function deleteGateway(tx: Tx, id: string): Promise<void> {
  await tx.client.gatewayInstance.deleteMany({ where: { id } });
}
