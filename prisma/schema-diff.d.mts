/** SQL that turns `from` (a schema's text, or null for an empty database) into `to`. */
export function schemaDiff(from: string | null, to: string): Promise<string>;
