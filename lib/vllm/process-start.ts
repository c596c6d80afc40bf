const LINE = /^process_start_time_seconds(?:\{[^}]*\})?[ \t]+([0-9.eE+-]+)/m;

/**
 * The API process's start time from its exposition. Absent when the exporter runs in multi-process mode, which hides
 * `process_*`, and in the Rust frontend.
 */
export function parseProcessStart(exposition: string): Date | null {
  const seconds = Number(LINE.exec(exposition)?.[1]);
  return Number.isFinite(seconds) && seconds > 0 ? new Date(Math.round(seconds * 1000)) : null;
}
