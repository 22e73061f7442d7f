import { afterEach, expect, it, vi } from 'vitest';
import { announce } from '../../cli/commands/administrator.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it('the first start tells its address on standard error alone, with the code after the number sign', () => {
  vi.stubEnv('KAIBIAO_PUBLIC_URL', 'https://tender.example.cn/');
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const other = vi.spyOn(process.stdout, 'write');
  announce({ username: 'administrator', password: 'abcde-fghjk', setupToken: 'T'.repeat(43) });
  expect(written.join('')).toContain(` https://tender.example.cn/setup#${'T'.repeat(43)}\n`);
  expect(written.join('')).toMatch(/ one-time password, shown this once: abcde-fghjk\n/);
  expect(other).not.toHaveBeenCalled();
  written.length = 0;
  // Once there is an administrator, a new one-time password comes without an address.
  announce({ username: 'wang', password: 'abcde-fghjk' });
  expect(written.join('')).not.toContain('/setup');
});
