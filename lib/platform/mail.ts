import { createTransport } from "nodemailer";

export type Mail = {
  to: readonly string[];
  subject: string;
  text: string;
  html: string;
  /** The same for every attempt, so that whoever gets it twice sees it once. Letters, digits, dashes and `_`. */
  id: string;
  /** Mails of one thread share it. */
  threadId: string;
};

/** Hands mail to one server, as SMTP_URL names it. */
export type Mailer = {
  /** The server, without a word of how to sign in there. */
  host: string;
  from: string;
  /**
   * @returns addresses that the server refused while it took the mail for others
   * @throws MailRefused when it took it for nobody, or could not be reached
   */
  send(mail: Mail): Promise<string[]>;
  close(): void;
};

/** Why no mail went out, as a sentence without a word of the server's own. */
export class MailRefused extends Error {
  constructor(
    message: string,
    /** The server answered, and refused this address or this message: another one may go through. */
    readonly isOfAddress: boolean,
  ) {
    super(message);
  }
}

const TIMEOUT_MS = 10_000;
/** A mail's subject is one line; longer ones are cut by many programs anyhow. */
const SUBJECT_MAX = 250;

/**
 * @param smtpUrl such as smtps://user:password@mail.example.com?from=alerts@example.com. Without `from` the user is the
 * sender where it is an address, else switchyard@ the server's name. smtp:// begins in the clear and goes over to TLS where
 * the server offers it; smtps:// is TLS from the start.
 */
export function createMailer(smtpUrl: string): Mailer {
  const url = new URL(smtpUrl);
  const isSecure = url.protocol === "smtps:";
  const user = decodeURIComponent(url.username);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const from = url.searchParams.get("from") ?? (user.includes("@") ? user : `switchyard@${host}`);
  const transport = createTransport({
    host,
    port: url.port === "" ? (isSecure ? 465 : 587) : Number(url.port),
    secure: isSecure,
    ...(user === "" ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    // names of people's objects are in what is sent: none may make it read a file or fetch a page
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    host: url.host,
    from,
    async send({ to, subject, text, html, id, threadId }) {
      const domain = from.split("@").at(-1) ?? host;
      try {
        const { rejected } = await transport.sendMail({
          from: { name: "Switchyard", address: from },
          to: [...to],
          subject: subject.replace(/\s+/g, " ").slice(0, SUBJECT_MAX),
          text,
          html,
          messageId: `<${id}@${domain}>`,
          references: [`<${threadId}@${domain}>`],
          // answering machines leave it alone
          headers: { "auto-submitted": "auto-generated" },
        });
        return rejected;
      } catch (error) {
        throw new MailRefused(refusal(url.host, error), isOfAddress(error));
      }
    },
    close: () => transport.close(),
  };
}

const isOfAddress = (error: unknown): boolean =>
  ["EENVELOPE", "EMESSAGE"].includes(String((error as { code?: unknown }).code));

function refusal(host: string, error: unknown): string {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const number = typeof responseCode === "number" ? ` (${responseCode})` : "";
  switch (code) {
    case "EAUTH":
      return `${host} did not accept the sign-in of SMTP_URL${number}.`;
    case "EENVELOPE":
      return `${host} took none of the addresses${number}.`;
    case "EMESSAGE":
    case "EPROTOCOL":
      return `${host} refused the message${number}.`;
    case "ETLS":
      return `No secure connection to ${host} came about.`;
    default:
      return `No answer from ${host}${typeof code === "string" ? ` (${code})` : ""}.`;
  }
}
