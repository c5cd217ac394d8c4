// The application's own functions.

/** What one of them gives; one that throws is reported, and gives nothing. */
export function ask(call, argument) {
  try {
    return call(argument);
  } catch (error) {
    reportError(error);
    return undefined;
  }
}
