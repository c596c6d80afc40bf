import { titled } from "#app/titled.ts";
import { FleetBoard } from "#components/explorer/fleet-board.tsx";

export const generateMetadata = titled("/charts/fleet");

export default function Page() {
  return <FleetBoard />;
}
