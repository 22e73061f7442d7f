import { Content } from './content.ts';
import type { Block, Fact } from './document.ts';

/** 告知投诉权利 (财政部令94号 15): shown where the notice of an answer has it; one from before it was stated stays as it was. */
export function complaintIn(content: Content): Block[] {
  const stored = content.raw('complaint');
  if (typeof stored !== 'object' || stored === null) return [];
  const complaint = new Content(stored as Record<string, unknown>);
  const until = complaint.instant('until');
  const facts: Fact[] = [
    ...(until === null ? [] : ([['投诉截止时间', until]] satisfies Fact[])),
    ['依据', `${complaint.text('law') ?? ''}第${complaint.text('article') ?? ''}条`],
  ];
  return [
    { type: 'heading', text: '投诉权利' },
    { type: 'paragraph', text: complaint.text('zh') ?? '' },
    { type: 'facts', facts },
  ];
}
