import { AppError, invalidField } from "#lib/platform/errors.ts";
import { parseErrorReply } from "./list-reply.ts";

export type Refusal = { status: number; headers: Readonly<Record<string, string>>; body: string };

const refuse = (code: string, message: string, fix: string): AppError => invalidField("sourceId", code, message, fix);

/** Trouble on the bucket's side that may be over in a moment. */
export const mayPass = ({ status, body }: Refusal): boolean =>
  status >= 500 || status === 429 || parseErrorReply(body).code === "SlowDown";

/** What a bucket's refusal means, and what to do about it. Nothing of its text is repeated but the code. */
export function sourceProblem(bucket: string, refusal: Refusal): AppError {
  const { status, headers, body } = refusal;
  const { code } = parseErrorReply(body);
  const said = code === null ? `${status}` : `${status}, ${code}`;
  if (mayPass(refusal))
    return new AppError("unavailable", `The bucket ${bucket} does not work at present (${said}).`, {
      reason: "source_unavailable",
      fix: "Try again in a while; nothing was taken in.",
    });
  if (status >= 300 && status < 400) {
    const region = headers["x-amz-bucket-region"];
    const where = region && /^[a-z0-9-]{1,40}$/.test(region) ? `The bucket says that its region is ${region}: ` : "";
    return refuse(
      "source_redirects",
      `The endpoint sends us elsewhere (${said}); Switchyard follows no redirect.`,
      `${where}give that region's endpoint, and its region.`,
    );
  }
  if (code === "SignatureDoesNotMatch" || code === "InvalidAccessKeyId")
    return refuse(
      "source_key_refused",
      `The bucket ${bucket} does not know this access key, or its secret is another (${said}).`,
      "Enter the access key and its secret again in Settings, Import sources.",
    );
  if (code === "RequestTimeTooSkewed")
    return refuse("source_clock", `The clocks differ too much (${said}).`, "Set this machine's clock.");
  if (status === 403 || status === 401)
    return refuse(
      "source_forbidden",
      `The bucket ${bucket} refuses to be read (${said}).`,
      "Allow s3:ListBucket on the bucket and s3:GetObject on the objects below the prefix for this access key.",
    );
  if (code === "NoSuchBucket" || (status === 404 && code === null))
    return refuse("source_no_bucket", `There is no bucket ${bucket} at this endpoint (${said}).`, "Check both names.");
  if (status === 404)
    return refuse(
      "source_object_gone",
      `A file went away while it was being read (${said}).`,
      "Leave the folder as it is, then import again.",
    );
  return refuse("source_refused", `The bucket ${bucket} answers ${said}.`, "Check the endpoint and the region.");
}
