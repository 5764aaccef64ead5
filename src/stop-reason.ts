// Why a run was told to stop: its AbortSignal carries the name of the signal that the process was sent.

/** The reason for an `abort`; what waits for the signal sees the usual AbortError. */
export const stopReason = (name: NodeJS.Signals): DOMException => new DOMException(name, "AbortError");

/** `SIGTERM`; undefined where the run was not told to stop, or not by a signal. */
export function stoppedBy(signal: AbortSignal | undefined): string | undefined {
  const { reason } = signal ?? {};
  return reason instanceof DOMException && reason.message.startsWith("SIG") ? reason.message : undefined;
}

/** What is told of a run that was told to stop: `cancelled: the run was told to stop (SIGTERM)`. */
export function cancelledWords(signal: AbortSignal | undefined): string {
  const by = stoppedBy(signal);
  return by === undefined ? "cancelled" : `cancelled: the run was told to stop (${by})`;
}
