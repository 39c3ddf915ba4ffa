/** What an error says on its way from a thread: of its kind and its properties nothing would be left. */
export interface ThreadFailure {
  readonly message: string;
  readonly stack: string;
}

export function failureOf(error: unknown): ThreadFailure {
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  return { message, stack };
}

/** The error as it was thrown, for a log. */
export function errorOf({ message, stack }: ThreadFailure): Error {
  return Object.assign(new Error(message), { stack });
}
