import type { Tx } from "#lib/platform/db.ts";
import type { GatewayReport } from "./gateway-report.ts";

export type GatewayPresence = {
  id: string;
  startedAt: Date;
  seenAt: Date;
  snapshotAt: Date | null;
  report: GatewayReport;
};

export async function upsertGateway(tx: Tx, { id, ...presence }: GatewayPresence): Promise<void> {
  await tx.client.gatewayInstance.upsert({
    where: { id },
    create: { id, ...presence },
    update: presence,
    select: { id: true },
  });
}

export async function deleteGateway(tx: Tx, id: string): Promise<void> {
  await tx.client.gatewayInstance.deleteMany({ where: { id } });
}
