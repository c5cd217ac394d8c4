// Options as the engine's side gets them: checked, and with their defaults.
import { socketUrl } from '../../../src/js/address.js';
import { withDefaults } from '../../../src/js/config.js';
import { checkOptions } from '../../../src/js/options.js';

export const settled = (options) => withDefaults({ ...checkOptions(options), socketUrl });
