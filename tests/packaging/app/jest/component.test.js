import { expect, test } from '@jest/globals';
import { isShown } from '../shown.js';

test('a component is tested without a network', () => isShown(expect));
