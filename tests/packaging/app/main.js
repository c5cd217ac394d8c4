import { createClient } from 'talkwire';
import { show } from './page.js';

show(createClient);
