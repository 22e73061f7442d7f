import { expect, it } from 'vitest';
import { readable } from '../../cli/settings/log-lines.ts';

const line = (fields: object): string =>
  `${JSON.stringify({ level: 30, time: Date.UTC(2026, 2, 5, 1, 2, 3), pid: 1, hostname: 'h', name: 'api', ...fields })}\n`;

it('a request is its method, path, status, code and time', () => {
  const request = { level: 40, req: { id: 'r', method: 'GET', path: '/api/x' }, requestId: 'r', res: { status: 404 } };
  expect(readable(line({ ...request, code: 'not-found', responseTime: 3, msg: 'request completed' }))).toBe(
    '01:02:03 WARN  api       GET /api/x 404 not-found 3 ms requestId=r\n',
  );
});

it('another line is its message and its fields, and an error its trace', () => {
  expect(readable(line({ url: 'http://h', procurements: [1], msg: 'api ready' }))).toBe(
    '01:02:03 INFO  api       api ready url=http://h procurements=[1]\n',
  );
  expect(
    readable(line({ level: 50, msg: 'a request failed', err: { message: 'm', stack: 'Error: m\n    at f' } })),
  ).toBe('01:02:03 ERROR api       a request failed\n    Error: m\n        at f\n');
});

it('what is no line of ours is left as it is', () => {
  expect(readable('text\n')).toBe('text\n');
});
