import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { titleOf } from "#app/page-titles.ts";
import { RunbookPage } from "#components/help/runbook-page.tsx";
import { ALERT_RULES, type AlertRule, RULES } from "#lib/alerting/browser/rule-table.ts";
import { RUNBOOKS } from "#lib/alerting/browser/runbooks.ts";

type Props = { params: Promise<{ rule: string }> };

const knownRule = async ({ params }: Props): Promise<AlertRule | undefined> => {
  const { rule } = await params;
  return ALERT_RULES.find((one) => one === rule);
};

export async function generateMetadata(props: Props): Promise<Metadata> {
  const rule = await knownRule(props);
  return { title: titleOf("/help/runbooks/[rule]", { rule: rule === undefined ? null : RULES[rule].title }) };
}

export default async function Page(props: Props) {
  const rule = await knownRule(props);
  if (rule === undefined) notFound();
  const others = ALERT_RULES.map((one) => ({ rule: one, title: RULES[one].title }));
  return <RunbookPage rule={rule} title={RULES[rule].title} runbook={RUNBOOKS[rule]} others={others} />;
}
