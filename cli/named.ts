import { CommanderError } from 'commander';
import { DomainError } from '../domain/errors.ts';
import { labelsOf, nameOf } from '../domain/fields/field.ts';
import { wordsOfIssues } from '../domain/fields/named.ts';
import type { Issue } from '../domain/issues.ts';

interface Words {
  readonly messageZh: string;
  readonly messageEn: string;
}

/** An error with the names of its fields, and of the values that an option can have; null where it has neither. */
export function namedError(error: unknown): Words | null {
  if (error instanceof CommanderError) return namedOption(error.message.replace(/^error: /, ''));
  const { details, cause } = error as { details?: { issues?: unknown }; cause?: unknown };
  if (Array.isArray(details?.issues)) return wordsOfIssues(details.issues as Issue[]);
  return cause instanceof DomainError ? namedError(cause) : null;
}

const CHOICES = /^option '(?:-\w, )?--([a-z-]+)[^']*' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/s;

/** An option has the name of a field where its values are those of the field. */
function namedOption(messageEn: string): Words | null {
  const [, option = '', given = '', choices = ''] = CHOICES.exec(messageEn) ?? [];
  if (option === '') return null;
  const path = [option.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
  const labels = labelsOf(path);
  const values = choices.split(', ');
  const [zh] = (values.every((value) => labels?.[value]) ? nameOf(path) : null) ?? [];
  const listed = values.map((value) => (zh ? `${value}（${labels?.[value]}）` : value));
  return {
    messageZh: `选项 --${option}${zh ? `（${zh}）` : ' '}应为下列之一：${listed.join('、')}；收到的是「${given}」`,
    messageEn,
  };
}
