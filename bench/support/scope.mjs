// What is opened for a while.

/** Does the work, and then everything that it gave to `t.after`, the last first. */
export async function scoped(work) {
  const endings = [];
  try {
    return await work({ after: (ending) => endings.push(ending) });
  } finally {
    for (const ending of endings.reverse()) await ending();
  }
}
