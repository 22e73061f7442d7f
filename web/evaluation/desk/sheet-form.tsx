import type { SheetItem } from '../../../domain/evaluation/sheets/marks.ts';
import { ProseField, SelectField, TextField, type Errors } from '../../parts/field.tsx';
import { Form } from '../../parts/form.tsx';
import { useView } from '../../parts/view.ts';
import { DESK } from './messages.ts';
import { markIn, type Sheet } from './sheets.ts';

/** The field of one item's mark, as its kind wants it. */
function MarkField({ of, value, errors }: { readonly of: SheetItem; readonly value: string; readonly errors: Errors }) {
  const t = useView().t(DESK);
  const { key, nameZh, requirementZh } = of.item;
  const named = { name: `mark:${key}`, hint: requirementZh, errors, value };
  if (of.as === 'review')
    return (
      <SelectField
        {...named}
        label={nameZh}
        choices={[
          { value: 'true', text: t.passes },
          { value: 'false', text: t.fails },
        ]}
      />
    );
  const { item } = of;
  if (item.kind === 'objective' && item.formula.by === 'table')
    return (
      <SelectField
        {...named}
        label={`${nameZh}：${t.answer}`}
        choices={item.formula.rows.map(({ answer, nameZh: text }) => ({ value: answer, text }))}
      />
    );
  const bands = item.kind === 'subjective' ? item.bands : [];
  const hint = [requirementZh ?? '', bands.map(({ nameZh: band, from, to }) => `${band} ${from}–${to}`).join('，')]
    .filter((text) => text !== '')
    .join('；');
  const label =
    item.kind === 'objective' && 'unit' in item.formula ? t.value(item.formula.unit) : t.points(item.points);
  return (
    <TextField
      {...named}
      label={`${nameZh}：${label}`}
      hint={hint === '' ? undefined : hint}
      attributes={{ inputmode: 'decimal', autocomplete: 'off' }}
    />
  );
}

/**
 * What a member enters of one bid in one part. Each item is saved when it is left (browser/sheet.ts); without a script the button
 * saves all of them.
 */
export function SheetForm({
  sheet,
  action,
  errors,
  typed,
  closed,
}: {
  readonly sheet: Sheet;
  readonly action: string;
  readonly errors: Errors;
  readonly typed: ReadonlyMap<string, readonly string[]>;
  /** It is signed: nothing is changed any more. */
  readonly closed: boolean;
}) {
  const { lang, t: say } = useView();
  const t = say(DESK);
  const texts = lang === 'zh' ? SCRIPT_TEXTS.zh : SCRIPT_TEXTS.en;
  const fields = sheet.items.map((each) => {
    const { key } = each.item;
    const entry = sheet.entered.get(key);
    const value = typed.get(`mark:${key}`)?.at(-1) ?? markIn(entry);
    const reason = typed.get(`reason:${key}`)?.at(-1) ?? entry?.reasonZh ?? '';
    return (
      <fieldset data-item={key} disabled={closed}>
        <legend class="visually-hidden">{each.item.nameZh}</legend>
        <MarkField of={each} value={value} errors={errors} />
        <ProseField name={`reason:${key}`} label={t.reason} rows={2} value={reason} errors={errors} />
        <p class="small" role="status" data-state={entry ? 'saved' : 'empty'}>
          {entry ? t.saved : t.unsaved}
        </p>
      </fieldset>
    );
  });
  if (closed) return <div>{fields}</div>;
  return (
    <div data-sheet={`${sheet.part}/${sheet.id}`} data-texts={JSON.stringify(texts)}>
      <Form action={action} submit={t.save} keyed={false} guard={false}>
        <input type="hidden" name="_do" value="sheet" />
        <input type="hidden" name="bid" value={sheet.id} />
        <input type="hidden" name="part" value={sheet.part} />
        {fields}
        <p class="soft small">{t.saveHint}</p>
      </Form>
    </div>
  );
}

/** What its script says. */
const SCRIPT_TEXTS = {
  zh: {
    saved: '已保存',
    saving: '正在保存…',
    offline: '没有网络：已保存在本机，恢复后自动提交',
    refused: '未保存：',
    restored: '上次未能提交，已从本机恢复',
  },
  en: {
    saved: 'Saved',
    saving: 'Saving…',
    offline: 'No connection: kept on this machine, and sent when it is back',
    refused: 'Not saved: ',
    restored: 'It could not be sent last time: restored from this machine',
  },
};
