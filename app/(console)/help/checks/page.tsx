import { titled } from "#app/titled.ts";
import { ChecksPage } from "#components/help/checks-page.tsx";
import { CHECK_LIST } from "#lib/registry/browser/check-catalogue.ts";

export const generateMetadata = titled("/help/checks");

export default async function Page({ searchParams }: { searchParams: Promise<{ q?: string | string[] }> }) {
  const { q } = await searchParams;
  const checks = CHECK_LIST.map(({ code, group, severity, title, proves }) => ({
    code,
    group,
    severity,
    title,
    proves,
  }));
  return <ChecksPage checks={checks} query={typeof q === "string" ? q : ""} />;
}
