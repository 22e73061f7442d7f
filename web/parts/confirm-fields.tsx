import { TextField, type Errors } from './field.tsx';
import { useView } from './view.ts';

const MESSAGES = {
  zh: { password: '本人密码', code: '验证码或恢复码', either: '密码和验证码输入其一。' },
  en: { password: 'Your password', code: 'Code, or recovery code', either: 'The password or a code: one of them.' },
};

/** What a form asks of who must be there: the password, or a code where the person has a second factor. */
export function ConfirmFields({
  named,
  hasCodes,
  errors,
}: {
  /** A page with several forms names the fields of each. */
  readonly named: (field: 'password' | 'oneTimeCode') => string;
  readonly hasCodes: boolean;
  readonly errors: Errors;
}) {
  const t = useView().t(MESSAGES);
  return (
    <>
      <TextField
        name={named('password')}
        label={t.password}
        type="password"
        hint={hasCodes ? t.either : undefined}
        wanted={!hasCodes}
        errors={errors}
        attributes={{ autocomplete: 'current-password' }}
      />
      {hasCodes ? (
        <TextField
          name={named('oneTimeCode')}
          label={t.code}
          errors={errors}
          attributes={{ autocomplete: 'one-time-code' }}
        />
      ) : null}
    </>
  );
}
