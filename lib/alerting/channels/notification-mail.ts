import type { Mail } from "#lib/platform/mail.ts";
import { type NotificationPayload, runbookUrl } from "./notification-body.ts";

/** A message as e-mail: its first sentence is the subject, and the text is the same in both forms. */
export function notificationMail(payload: NotificationPayload, id: string): Omit<Mail, "to"> {
  const { sentence, link, alertId } = payload;
  const subject = subjectOf(payload);
  const open = link.startsWith("http") ? link : `The page ${link} of the console`;
  const runbook = payload.event === "firing" ? runbookUrl(payload) : null;
  const why = "You get this because your address is on a channel of Switchyard (Settings, Notifications).";
  return {
    id,
    threadId: alertId,
    subject,
    text: `${[lead(payload), sentence, open, ...(runbook === null ? [] : [`Runbook: ${runbook}`]), why].join("\n\n")}\n`,
    html: [
      "<!doctype html>",
      `<p style="font-weight:600">${escaped(lead(payload))}</p>`,
      `<p>${escaped(sentence)}</p>`,
      `<p>${link.startsWith("http") ? `<a href="${escaped(link)}">Open in Switchyard</a>` : escaped(open)}</p>`,
      ...(runbook === null ? [] : [`<p><a href="${escaped(runbook)}">Runbook</a></p>`]),
      `<p style="color:#6b6b76">${escaped(why)}</p>`,
    ].join("\n"),
  };
}

function subjectOf({ event, severity, sentence, title, subject, rule }: NotificationPayload): string {
  if (rule === "test") return "Switchyard test: nothing is wrong";
  if (event === "resolved") return `Resolved: ${title}, ${subject.name}`;
  const [first = sentence] = sentence.split(/(?<=[a-z\d])\. /i);
  return `${severity === "critical" ? "Critical" : "Warning"}: ${first.replace(/\.$/, "")}`;
}

function lead({ event, title, subject, startedAt, resolvedAt }: NotificationPayload): string {
  const name = `${title}: ${subject.name}`;
  return event === "firing" ? name : `Over. ${name}, ${minute(startedAt)} to ${minute(resolvedAt ?? startedAt)}.`;
}

const minute = (at: string): string => `${at.slice(0, 16).replace("T", " ")} UTC`;

/** Names come from people: none of them is markup. */
const escaped = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
