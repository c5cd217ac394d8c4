// How a script of ours starts and fails.
import { pathToFileURL } from 'node:url';

/** Something that a person is to read, without a stack: a message, and what a program said before it. */
export class Failure extends Error {
  constructor(message, output = '') {
    super(message);
    this.output = output;
  }

  print() {
    console.error(`${this.output}\n${this.message}`.trim());
  }
}

/** Does the work if the script itself was started, not imported. */
export async function main(meta, work) {
  if (meta.url !== pathToFileURL(process.argv[1]).href) return;
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    error.print();
    process.exitCode = 1;
  }
}
