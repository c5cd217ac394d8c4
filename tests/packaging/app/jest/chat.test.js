import { expect, test } from '@jest/globals';
import { createClient } from 'talkwire/inline';
import { isAnswered } from '../answered.js';

test('a message goes out, and its answer comes in', () => isAnswered(createClient, expect), 60_000);
