import { titled } from "#app/titled.ts";
import { RunbooksPage } from "#components/help/runbooks-page.tsx";
import { ALERT_RULES, RULES } from "#lib/alerting/browser/rule-table.ts";
import { RUNBOOKS } from "#lib/alerting/browser/runbooks.ts";

export const generateMetadata = titled("/help/runbooks");

export default function Page() {
  const lines = ALERT_RULES.map((rule) => ({ rule, title: RULES[rule].title, means: RUNBOOKS[rule].means }));
  return <RunbooksPage lines={lines} />;
}
