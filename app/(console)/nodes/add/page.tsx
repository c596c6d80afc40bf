import type { Metadata } from "next";
import { AddNode } from "./add-node.tsx";

export const metadata: Metadata = { title: "Add node" };

export default function Page() {
  return <AddNode />;
}
