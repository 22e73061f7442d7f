import type { Block, Fact } from '../document.ts';

/** A notice in the order of the official forms, independent of the output: HTML or PDF. */
export interface FormDocument {
  readonly title: string;
  /** 演练: marked on every page. */
  readonly drill: boolean;
  /** Before the first section: whom it addresses, and with what. */
  readonly lead: string | null;
  readonly sections: readonly Section[];
  /** 落款: who issues it, and the day. */
  readonly signature: { readonly issuers: readonly Fact[]; readonly date: string };
  /** Where and when it was published, and how to verify it. */
  readonly colophon: readonly Fact[];
  readonly hash: string;
}

export interface Section {
  readonly heading: string;
  /** In the line of the heading, as 一、项目编号：KB-1. */
  readonly value?: string;
  readonly parts: readonly Part[];
}

/** What stands below the heading of a section. */
export type Part = Text | { readonly type: 'group'; readonly heading: string; readonly parts: readonly Text[] };

export type Text =
  /** One line each: 项目名称：某项目. */
  | { readonly type: 'lines'; readonly facts: readonly Fact[] }
  /** May have several lines. */
  | { readonly type: 'paragraph'; readonly text: string }
  /** Numbered 1. 2. 3. */
  | { readonly type: 'list'; readonly items: readonly string[] }
  | { readonly type: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** What is written in turn: headings with their numbers, texts, tables. */
export type Written =
  | { readonly type: 'heading'; readonly level: 1 | 2; readonly text: string; readonly value?: string }
  | Exclude<Text, { readonly type: 'list' }>;

/** The document in reading order, numbered 一、 and （一） and 1. as official documents are; HTML and PDF write the same. */
export function writtenOf({ lead, sections }: Pick<FormDocument, 'lead' | 'sections'>): Written[] {
  return [
    ...(lead === null ? [] : [{ type: 'paragraph', text: lead } as const]),
    ...sections.flatMap(({ heading, value, parts }, index): Written[] => [
      {
        type: 'heading',
        level: 1,
        text: `${numeralOf(index + 1)}、${heading}`,
        ...(value === undefined ? {} : { value }),
      },
      ...partsOf(parts),
    ]),
  ];
}

function partsOf(parts: readonly Part[]): Written[] {
  let groups = 0;
  return parts.flatMap((part): Written[] => {
    if (part.type !== 'group') return textOf(part);
    groups += 1;
    return [
      { type: 'heading', level: 2, text: `（${numeralOf(groups)}）${part.heading}` },
      ...part.parts.flatMap(textOf),
    ];
  });
}

const textOf = (text: Text): Written[] =>
  text.type === 'list'
    ? text.items.map((item, index) => ({ type: 'paragraph', text: `${index + 1}. ${item}` }))
    : [text];

const DIGITS = '零一二三四五六七八九';

/** 一, 十, 十二, 二十一: below one hundred. */
export function numeralOf(n: number): string {
  const [tens, ones] = [Math.floor(n / 10), n % 10];
  const unit = ones === 0 && tens > 0 ? '' : DIGITS.charAt(ones);
  if (tens === 0) return unit;
  return `${tens === 1 ? '' : DIGITS.charAt(tens)}十${unit}`;
}

/** What earlier templates made, as sections. */
export function sectionsOf(blocks: readonly Block[]): Section[] {
  const sections: { heading: string; parts: Part[] }[] = [];
  for (const block of blocks) {
    if (block.type === 'heading') sections.push({ heading: block.text, parts: [] });
    else sections.at(-1)?.parts.push(block.type === 'facts' ? { type: 'lines', facts: block.facts } : block);
  }
  return sections;
}
