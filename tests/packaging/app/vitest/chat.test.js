import { createClient } from 'talkwire';
import { expect, test } from 'vitest';
import { isAnswered } from '../answered.js';

test('a message goes out, and its answer comes in', () => isAnswered(createClient, expect), 60_000);
