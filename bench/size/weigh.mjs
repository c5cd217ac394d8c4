// How many bytes something is, as it is and as servers send it.
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** The bytes of several files together; each is compressed by itself, as it travels. */
export function weigh(files) {
  const total = { raw: 0, gzip: 0, brotli: 0 };
  for (const bytes of files) {
    total.raw += bytes.length;
    total.gzip += gzipSync(bytes, { level: 9 }).length;
    total.brotli += brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11 },
    }).length;
  }
  return total;
}
