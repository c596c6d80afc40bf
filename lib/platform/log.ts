import pino from "pino";

export type Fields = Record<string, unknown>;

/** Constant messages with fields, never interpolated text, so that logs can be searched and counted. */
export type Log = {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  child(fields: Fields): Log;
};

/** Secrets never reach a log line, wherever in the fields they stand. */
const REDACTED = [
  "authorization",
  "cookie",
  "password",
  "secret",
  "token",
  "apiKey",
  "*.authorization",
  "*.cookie",
  "*.password",
  "*.secret",
  "*.token",
  "*.apiKey",
];

const wrap = (logger: pino.Logger): Log => ({
  debug: (message, fields) => logger.debug(fields ?? {}, message),
  info: (message, fields) => logger.info(fields ?? {}, message),
  warn: (message, fields) => logger.warn(fields ?? {}, message),
  error: (message, fields) => logger.error(fields ?? {}, message),
  child: (fields) => wrap(logger.child(fields)),
});

/** JSON lines on stderr; `level` is one of pino's (`debug` … `silent`). */
export const createLog = (service: string, level: string): Log =>
  wrap(
    pino(
      {
        level: level.toLowerCase(),
        base: { service },
        timestamp: pino.stdTimeFunctions.isoTime,
        redact: REDACTED,
        serializers: { error: pino.stdSerializers.err },
      },
      pino.destination({ dest: 2, sync: true }),
    ),
  );

/** For tests and tools that must stay quiet. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};
