import { capitalsOf } from '../../domain/capitals.ts';
import { fenOf } from '../acts/form-values.ts';
import { described, Field, idOf, type Named } from './field.tsx';
import { moneyText } from './money.tsx';
import { useView } from './view.ts';

const MESSAGES = {
  zh: { unit: '单位：元；也可写「125万元」', capitals: '大写：' },
  en: { unit: 'In yuan; “125万元” is read too', capitals: 'In capitals: ' },
};

/** An amount in yuan or 万元, and below it how it is read: in both units, and in capitals. */
export function AmountField({ value = '', ...named }: Named & { readonly value?: string | undefined }) {
  const { t: say, href } = useView();
  const t = say(MESSAGES);
  const hint = [named.hint, t.unit].filter(Boolean).join('；');
  return (
    <Field {...named} hint={hint}>
      <input
        type="text"
        value={value}
        required={named.wanted}
        {...described({ ...named, hint })}
        inputmode="decimal"
        hx-get={href('/console/amount')}
        hx-trigger="input changed delay:300ms"
        hx-include="this"
        hx-target={`#${idOf(named.name)}-said`}
      />
      <p class="said" id={`${idOf(named.name)}-said`} aria-live="polite">
        <AmountSaid text={value} />
      </p>
    </Field>
  );
}

/** How an amount that was typed is read; nothing where it is none. */
export function AmountSaid({ text }: { readonly text: string }) {
  const { lang, t: say } = useView();
  const t = say(MESSAGES);
  const fen = text.trim() === '' ? '' : fenOf(text);
  return typeof fen === 'number' ? <>{`${moneyText(fen, lang)} · ${t.capitals}${capitalsOf(fen)}`}</> : null;
}
