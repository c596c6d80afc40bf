"use client";

import { PageHeader } from "../ui/page-header.tsx";
import { AuditList } from "./audit-list.tsx";

/** The whole trail. */
export function AuditPage() {
  return (
    <>
      <PageHeader title="Audit" meta="Every change, in one hash chain for the platform and one for each tenant." />
      <AuditList />
    </>
  );
}
