// As a page without a bundler has it: by its address.
import { createClient } from './node_modules/talkwire/src/js/index.js';
import { show } from './page.js';

show(createClient);
