// Pages with one client each.
import { clients } from '../clients/index.js';
import { bundle } from './bundle.mjs';

/** The server that a client is measured on: of this kind, unless json is not what it speaks. */
export const serverFor = (name, kind) => clients[name].server ?? kind;

/** Where its page's module is. */
export const moduleOf = (name) => `/app/${slug(name)}.js`;

/** The files of a page for each client: `script` of `page/`, after `first`, which is there before any library is. */
export async function pagesFor(names, kind, { first, script }) {
  const pages = await Promise.all(
    names.map((name) =>
      bundle(
        slug(name),
        `import './page/${first}.js';
         import { open } from './clients/${clients[name].module}';
         import { ${script} } from './page/${script}.js';
         ${script}(open, '${serverFor(name, kind)}');`,
      ),
    ),
  );
  return pages.flatMap(({ outputFiles }) => outputFiles);
}

const slug = (name) => name.replaceAll(/\W+/g, '-').toLowerCase();
