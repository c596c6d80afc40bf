import type { Metadata } from "next";
import { RequestPage } from "#components/requests/request-page.tsx";

export const metadata: Metadata = { title: "Request" };

export default async function Page({ params }: { params: Promise<{ requestId: string }> }) {
  return <RequestPage requestId={(await params).requestId} audience="customer" />;
}
