import { yuan } from '../../domain/law/catalogue.ts';
import type { Lang } from '../http/language.ts';
import { useView } from './view.ts';

const WAN = 10_000n * 100n;

const grouped = (text: string): string => text.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** Fen as people read them: `1,250,000 元（125 万元）`, from 10,000 yuan up also in units of 10,000. @param fen hundredths of a yuan */
export function moneyText(fen: number | bigint, lang: Lang): string {
  const amount = BigInt(fen);
  const [whole = '', rest] = yuan(amount).split('.');
  const plain = grouped(whole) + (rest === undefined ? '' : `.${rest}`);
  if (lang === 'en') return `CNY ${plain}`;
  if (amount < WAN) return `${plain} 元`;
  const hundredths = (amount * 100n) / WAN;
  const exact = (hundredths * WAN) / 100n === amount;
  const wan = `${grouped(String(hundredths / 100n))}${
    hundredths % 100n === 0n
      ? ''
      : `.${String(hundredths % 100n)
          .padStart(2, '0')
          .replace(/0$/, '')}`
  }`;
  return `${plain} 元（${exact ? '' : '约 '}${wan} 万元）`;
}

export function Money({ fen }: { readonly fen: number | bigint }) {
  const { lang } = useView();
  return <span class="nowrap-money">{moneyText(fen, lang)}</span>;
}
