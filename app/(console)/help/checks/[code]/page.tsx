import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { titleOf } from "#app/page-titles.ts";
import { CheckPage } from "#components/help/check-page.tsx";
import { CHECK_CATALOGUE, CHECK_LIST } from "#lib/registry/browser/check-catalogue.ts";
import { isFindingCode } from "#lib/registry/browser/finding-codes.ts";

type Props = { params: Promise<{ code: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { code } = await params;
  return { title: titleOf("/help/checks/[code]", { code: isFindingCode(code) ? CHECK_CATALOGUE[code].title : null }) };
}

export default async function Page({ params }: Props) {
  const { code } = await params;
  if (!isFindingCode(code)) notFound();
  const check = CHECK_CATALOGUE[code];
  const siblings = CHECK_LIST.filter(({ group }) => group === check.group);
  return <CheckPage check={check} siblings={siblings} />;
}
