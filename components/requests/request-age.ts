const ID = /^req_(?<time>[0-9a-f]{12})[0-9a-f]{20}$/;
/** A request's trace is stored within a second of its end, and it may take minutes to end; this is for one just sent. */
const JUST_SENT_MS = 60_000;

/** Ids begin with the moment of arrival (UUIDv7), so one that is not on record yet may still be on its way. */
export function mayStillCome(requestId: string, nowMs: number): boolean {
  const time = ID.exec(requestId)?.groups?.time;
  if (time === undefined) return false;
  const age = nowMs - Number.parseInt(time, 16);
  return age >= -JUST_SENT_MS && age < JUST_SENT_MS;
}
