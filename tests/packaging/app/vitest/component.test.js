import { expect, test } from 'vitest';
import { isShown } from '../shown.js';

test('a component is tested without a network', () => isShown(expect));
