/** A thing of the service, as it answered it. */
export type Entry = Readonly<Record<string, unknown>>;

/** Members as they are sent. */
export type Body = Record<string, unknown>;
