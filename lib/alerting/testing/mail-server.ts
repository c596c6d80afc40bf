import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export type MailServer = Awaited<ReturnType<typeof startMailServer>>;
type ReceivedMail = { from: string; to: string[]; source: string; user: string | null };

/** A real SMTP server that takes mail from one user, and refuses what a test says next. */
export async function startMailServer() {
  const received: ReceivedMail[] = [];
  /** Addresses that there is nobody at. */
  const unknown = new Set<string>();
  /** Codes that it answers a whole message with next; it takes everything once this is empty. */
  const answers: number[] = [];
  const refusal = (code: number) => Object.assign(new Error("in the server's own words"), { responseCode: code });
  const server = new SMTPServer({
    authMethods: ["PLAIN"],
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    onAuth: ({ username, password }, _session, done) =>
      password === "secret" ? done(null, { user: username ?? "" }) : done(refusal(535)),
    onRcptTo: ({ address }, _session, done) => (unknown.has(address) ? done(refusal(550)) : done()),
    onData(stream, { envelope, user }, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const code = answers.shift();
        if (code !== undefined) return done(refusal(code));
        received.push({
          from: envelope.mailFrom === false ? "" : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString("utf8"),
          user: user === undefined ? null : String(user),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  return {
    received,
    unknown,
    answers,
    port,
    url: `smtp://ops:secret@127.0.0.1:${port}?from=alerts@example.com`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** The text of a mail's line by its name, as a mail program shows it. */
export function headerOf({ source }: ReceivedMail, name: string): string {
  const [head = ""] = source.split("\r\n\r\n");
  const unfolded = head.replace(/\r\n[ \t]/g, " ");
  const line = unfolded.split("\r\n").find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return (line ?? "").slice(name.length + 1).trim();
}
