import { countDown } from './page/countdown.ts';

// On the public pages: each works without it.

countDown();
