import 'htmx.org/dist/htmx.esm.js';
import { countDown } from './page/countdown.ts';
import { keepLive } from './page/live.ts';
import { findOnEnter } from './page/find.ts';
import { printOnClick } from './page/print.ts';
import { guardUnsaved } from './page/unsaved.ts';

// On every page of the console; each page works without it.

countDown();
guardUnsaved();
keepLive();
findOnEnter();
printOnClick();
