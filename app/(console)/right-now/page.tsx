import type { Metadata } from "next";
import { RightNow } from "#components/explorer/right-now.tsx";

export const metadata: Metadata = { title: "Right now" };

export default function Page() {
  return <RightNow />;
}
