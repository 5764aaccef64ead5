// What messages are made of.

/** What is known of a deploy at one moment; everything but app and target may be missing. */
export interface MessageContext {
  app: string;
  target: string;
  release?: string | undefined;
  previousRelease?: string | undefined;
  version?: string | undefined;
  /** 40 hex digits. */
  commit?: string | undefined;
  hosts?: { name: string; live?: string | undefined }[] | undefined;
  /** What went wrong. */
  trouble?: string | undefined;
  next?: string | undefined;
  /** A sentence of one's own instead of the event's. */
  message?: string | undefined;
}
