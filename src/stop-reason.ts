// Why a run was asked to stop: the reason of its AbortSignal has the name of the signal that the process received.

/** The reason for an `abort`. Code that waits for the signal sees the usual AbortError. */
export const stopReason = (name: NodeJS.Signals): DOMException => new DOMException(name, "AbortError");

/** `SIGTERM`; undefined if the run was not asked to stop, or not by a signal. */
export function stoppedBy(signal: AbortSignal | undefined): string | undefined {
  const { reason } = signal ?? {};
  return reason instanceof DOMException && reason.message.startsWith("SIG") ? reason.message : undefined;
}

/** The message about a run that was asked to stop: `cancelled: the run was asked to stop (SIGTERM)`. */
export function cancelledWords(signal: AbortSignal | undefined): string {
  const by = stoppedBy(signal);
  return by === undefined ? "cancelled" : `cancelled: the run was asked to stop (${by})`;
}
