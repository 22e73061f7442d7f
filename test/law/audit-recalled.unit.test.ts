import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lawCommand } from '../../cli/commands/law.ts';
import { auditNotice } from '../../domain/law/audit.ts';
import { publishedFactsOf, publishedNoticeSchema } from '../../imports/notices/published-notice.ts';

// As before the text of 财库〔2014〕214号 was read: none that the audit judges by is RECALLED now.
vi.mock(import('../../domain/law/rules/other-procedures.ts'), async (original) => {
  const { OTHER_PROCEDURE_RULES } = await original();
  const then = OTHER_PROCEDURE_RULES.map((row) => (row.id === 'cons-doc-prep' ? { ...row, status: 'RECALLED' } : row));
  return { OTHER_PROCEDURE_RULES: then as unknown as typeof OTHER_PROCEDURE_RULES };
});

const SHORT = {
  regime: '政采磋商',
  method: '竞争性磋商',
  published: '2026-03-16',
  doc_from: '2026-03-17',
  doc_to: '2026-03-23',
  deadline: '2026-03-25',
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kaibiao-audit-'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  rmSync(folder, { recursive: true });
});

test('a recalled rule makes at most borderline, unless it is confirmed', () => {
  const facts = publishedFactsOf(publishedNoticeSchema.parse(SHORT));
  expect(auditNotice(facts)).toMatchObject({
    verdict: 'borderline',
    checks: [
      { rule: 'cons-doc-sale', verdict: 'lawful', found: 5 },
      { status: 'RECALLED', verdict: 'borderline', found: 8 },
    ],
  });
  expect(auditNotice(facts, { confirmed: new Set(['cons-doc-prep']) }).verdict).toBe('unlawful');
});

test('a recalled rule binds the command where it is confirmed', async () => {
  const file = join(folder, 'n.jsonl');
  writeFileSync(file, JSON.stringify(SHORT));
  const code = async (...args: string[]) => {
    process.exitCode = 0;
    await lawCommand().parseAsync(['audit', file, ...args], { from: 'user' });
    return process.exitCode;
  };
  expect(await code()).toBe(0);
  expect(await code('--confirm', 'cons-doc-prep')).toBe(1);
});
