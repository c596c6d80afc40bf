import type { Metadata } from "next";
import { FleetBoard } from "#components/explorer/fleet-board.tsx";

export const metadata: Metadata = { title: "Fleet board" };

export default function Page() {
  return <FleetBoard />;
}
