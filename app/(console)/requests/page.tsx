import type { Metadata } from "next";
import { RequestList } from "#components/requests/request-list.tsx";

export const metadata: Metadata = { title: "Requests" };

export default function Page() {
  return <RequestList audience="staff" />;
}
